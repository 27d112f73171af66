import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kqlCommand } from '../../cli/kql.ts';
import { completions } from '../../cli/kql-prompt.ts';
import { openKqlSession } from '../../cli/kql-session.ts';
import { parseArguments } from '../../cli/parse-arguments.ts';
import { testTerminal } from './terminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-cli-kql-'));
  const rows = ['anna', 'bert', 'anna'].map((Account, index) => ({
    TimeGenerated: `2026-03-04T05:00:0${index}.1234567Z`,
    Account,
  }));
  await writeFile(join(folder, 'Logons_CL.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  await writeFile(join(folder, 'schemas.json'), '{"Mine_CL": {"Name": "string", "Size": "long"}}');
  await writeFile(
    join(folder, 'batch.jsonl'),
    '{"id": 1, "kql": "print 9223372036854775807, real(nan)"}\n{"id": "b", "kql": "print"}\nno json\n',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(args: readonly string[], stdin = '') {
  const input = new PassThrough();
  input.end(stdin);
  const terminal = testTerminal({ cwd: folder, stdin: input as unknown as NodeJS.ReadStream });
  const code = await kqlCommand.run(parseArguments(kqlCommand, args) as never, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('trailhound kql', () => {
  it('answers on data, with now at its end', async () => {
    const query =
      'Logons_CL | where TimeGenerated > ago(1s) | summarize Count = count() by Account | sort by Account asc';
    const { code, out } = await run(['-e', query, '--data', 'Logons_CL.jsonl', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      columns: [
        { name: 'Account', type: 'string' },
        { name: 'Count', type: 'long' },
      ],
      rows: [['anna', 1]],
      rowCount: 1,
    });
    expect(code).toBe(0);
  });

  it('answers each line of a batch, in order; an error is an answer', async () => {
    const { code, out } = await run(['--batch', 'batch.jsonl']);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers[0]).toMatchObject({ id: 1, rows: [['9223372036854775807', 'NaN']] });
    expect(answers[1]).toMatchObject({ id: 'b', error: { code: 'syntax', line: 1 } });
    expect(answers[2]).toMatchObject({ id: null, error: { code: 'syntax' } });
    expect([code, answers.length]).toEqual([0, 3]);
  });

  it('plans with schemas and gives columns without rows', async () => {
    const { code, out } = await run([
      '-e',
      'Mine_CL | project Size',
      '--schemas',
      'schemas.json',
      '--plan-only',
      '--json',
    ]);
    expect([code, JSON.parse(out)]).toMatchObject([0, { columns: [{ name: 'Size', type: 'long' }], rows: [] }]);
  });

  it('shows an error with a caret and exits with 3', async () => {
    const { code, err } = await run(['-e', 'print 1\n| where nope']);
    expect([code, err.split('\n').slice(1, 3)]).toEqual([3, ['| where nope', '        ^']]);
  });

  it('shows a table, explains and lints', async () => {
    expect((await run(['-e', 'print x = 1'])).out).toBe('x\n─\n1\n1 row\n');
    expect((await run(['-e', 'print x = 1 | extend y = 2', '--explain'])).out).toContain('s1: extend y = 2');
    expect((await run(['-e', 'search "x"', '--lint'])).out).toContain('search-everywhere');
  });

  it('takes a session at the prompt', async () => {
    const { out, err } = await run(
      ['--data', 'Logons_CL.jsonl'],
      '.tables\nLogons_CL |\ncount\nprint z\n.schema Logons_CL\n.exit\n',
    );
    expect(out).toMatch(/Logons_CL/);
    expect(out).toMatch(/Count\n─+\n3/);
    expect(out).toMatch(/Account: string/);
    expect(err).toMatch(/semantic error/);
  });

  it('completes tables, operators and columns', async () => {
    const session = await openKqlSession({
      data: [join(folder, 'Logons_CL.jsonl')],
      stateFolder: folder,
      signal: new AbortController().signal,
    });
    expect(completions(session, '', 'Logons_')[0]).toContain('Logons_CL');
    expect(completions(session, '', 'Logons_CL | summ')[0]).toContain('summarize');
    expect(completions(session, '', 'Logons_CL | where Acc')[0]).toContain('Account');
    session.engine.close();
  });

  it('refuses two queries at once', async () => {
    await expect(run(['-e', 'print 1', '--file', 'x.kql'])).rejects.toThrow(/one of -e, --file and --batch/);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sourceOf, tableFromRows, toRows } from '../../../lib/tables/index.ts';
import { getVerb } from '../../../lib/verbs/registry.ts';

const SETTING = 'TRAILHOUND__ruleFolders';
const verb = getVerb('detect.sigma');
const table = tableFromRows(
  ['Computer', 'Image', 'CommandLine'].map((name) => ({ name, type: 'string' as const })),
  [['ws01', 'C:\\a\\tool.exe', 'tool --secret-of-contoso']],
);
const run = (parameters: object) =>
  verb.run([sourceOf(table, 'processes')], verb.parameters.parse(parameters), {
    signal: new AbortController().signal,
    nowInMs: 0,
  });
const rule = (id: string, level = 'high') =>
  `title: Rule ${id}\nid: ${id}\nlogsource: { category: process_creation }\ndetection: { s: { CommandLine|contains: secret-of-contoso }, condition: s }\nlevel: ${level}\n`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-rules-'));
});
afterEach(async () => {
  delete process.env[SETTING];
  await rm(folder, { recursive: true });
});

it('takes rules of the app, of folders in the settings, and given as text; each id once', async () => {
  await writeFile(join(folder, 'own.yml'), rule('own'));
  process.env[SETTING] = JSON.stringify([folder]);
  const { findings, warnings, tables } = await run({ rules: [rule('given'), rule('own')] });
  expect(findings!.map(({ title }) => title).sort()).toEqual([
    'Rule given: tool.exe on ws01',
    'Rule own: tool.exe on ws01',
  ]);
  expect(warnings).toEqual([
    { code: 'bad-rule', message: expect.stringMatching(/rules\[1\]:1:1: the id own is that of a rule in .*own\.yml/) },
  ]);
  const coverage = toRows(tables!['rules'] as never);
  expect(coverage.length).toBeGreaterThan(60);
  expect(coverage.find(({ RuleId }) => RuleId === 'own')).toMatchObject({ Matches: 1n, Tables: '["processes"]' });
});

it('takes only what is given, from a level on', async () => {
  const { findings } = await run({
    onlyGiven: true,
    rules: [rule('low', 'low'), rule('high')],
    minimumLevel: 'medium',
  });
  expect(findings!.map(({ title }) => title)).toEqual(['Rule high: tool.exe on ws01']);
});

it('takes allow-lists given as text', async () => {
  const allow = ['entries: [{ id: ours, reason: known, where: { Image|endswith: tool.exe } }]'];
  const { findings, table: matches } = await run({ onlyGiven: true, rules: [rule('r')], allow, allowLists: [] });
  expect(findings![0]!.suppressedBy).toBe('ours');
  expect(toRows(matches as never)[0]).toMatchObject({ SuppressedBy: 'ours', Actor: 'C:\\a\\tool.exe' });
});

it('names the place of a mistake and runs the rest', async () => {
  const { findings, warnings } = await run({ onlyGiven: true, rules: ['title: x\nlogsource: 5\n', rule('r')] });
  expect(findings).toHaveLength(1);
  expect(warnings!.map(({ message }) => message.split(': ')[0])).toEqual(['rules[0]:2:12', 'rules[0]:1:1']);
});

it('refuses folders that are not there', async () => {
  await expect(run({ folders: ['nowhere'] })).rejects.toMatchObject({ code: 'not-found' });
  expect(() => verb.parameters.parse({ folders: ['../../etc'] })).toThrow();
  expect(() => verb.parameters.parse({ allowLists: ['../x'] })).toThrow();
});

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import {
  type AllowListEntry,
  coverageTable,
  detect,
  findingsOf,
  MATCH_COLUMNS,
  matchTable,
  parseAllowList,
  parseRules,
  type RuleIssue,
  SIGMA_LEVELS,
  type SigmaRule,
} from '../analysis/sigma/index.ts';
import { loadSettings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { packageRoot } from '../paths.ts';
import { type ContentSettings, defineVerb, type Verb } from './verb.ts';

const LIST_LIMIT = 200;
const TEXT_LIMIT = 200_000;
const yamlText = z.string().min(1).max(TEXT_LIMIT);

const detectSigma = defineVerb({
  name: 'detect.sigma',
  summary: 'Run detection rules in Sigma’s format over tables',
  description: [
    'Applies the rules of `content/rules`, of the setting `ruleFolders` and given as text to each input whose columns fit a rule’s logsource.',
    'Each match is a row; matches that differ only in ids and numbers are one finding, scored by the rule’s level,',
    'by how common the match is, and by other rules that hit the same process. What an allow-list covers is kept and',
    'shown with the entry that covers it. Regular expressions are matched in linear time.',
    'The format: https://sigmahq.io/sigma-specification (version 2); see `docs/detect-sigma.md` for what is refused.',
  ].join('\n'),
  entities: ['host', 'account', 'process', 'file', 'registry-key', 'ip', 'dns'],
  inputTables: { min: 1, max: 50 },
  columnParameters: [],
  parameters: z.strictObject({
    folders: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/))
      .max(LIST_LIMIT)
      .optional()
      .describe('Folders of content/rules to take rules from; default: all'),
    rules: z.array(yamlText).max(LIST_LIMIT).default([]).describe('Further rules, as YAML text'),
    onlyGiven: z.boolean().default(false).describe('Take the rules given as text and no others'),
    minimumLevel: z.enum(SIGMA_LEVELS).default('informational').describe('Leave out rules below this level'),
    allowLists: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/))
      .max(LIST_LIMIT)
      .optional()
      .describe(
        'Files of content/allow-lists, without ending; default: all, and those of the setting allowLists; an empty list: none',
      ),
    allow: z.array(yamlText).max(LIST_LIMIT).default([]).describe('Further allow-lists, as YAML text'),
  }),
  output: { keepsInput: false, columns: [...MATCH_COLUMNS] },
  runsIn: 'worker',
  example: 'detections: { verb: detect.sigma, from: [processes, access] }',
  async run(inputs, parameters, { signal, content = loadSettings({ env: process.env }) }) {
    const loaded = loadRules(parameters.onlyGiven ? null : (parameters.folders ?? ['.']), parameters.rules, content);
    const allowed = loadAllowLists(parameters.allowLists, parameters.allow, content);
    const lowest = SIGMA_LEVELS.indexOf(parameters.minimumLevel);
    const rules = loaded.rules.filter((rule) => SIGMA_LEVELS.indexOf(rule.level) >= lowest);
    const detection = await detect(rules, inputs, { allowList: allowed.entries, signal });
    const { findings, scoreOf } = findingsOf(detection.matches);
    return {
      table: matchTable(detection.matches, scoreOf),
      tables: { rules: coverageTable(detection) },
      findings,
      warnings: [...loaded.issues, ...allowed.issues].map(warningOf),
    };
  },
});

/** Rules of the app, of the folders that the settings name, and those given as text; ids are taken once. */
function loadRules(folders: readonly string[] | null, texts: readonly string[], { ruleFolders }: ContentSettings) {
  const root = join(packageRoot(), 'content', 'rules');
  const own = [...new Set((folders ?? []).flatMap((folder) => yamlFiles(join(root, folder))))];
  const added = folders === null ? [] : ruleFolders.map((folder) => resolve(folder));
  const parsed = [
    ...own.map((path) => parseRules(readFileSync(path, 'utf8'), nameIn(root, path))),
    ...added.flatMap((folder) =>
      yamlFiles(folder).map((path) =>
        parseRules(readFileSync(path, 'utf8'), `${basename(folder)}/${nameIn(folder, path)}`),
      ),
    ),
    ...texts.map((text, index) => parseRules(text, `rules[${index}]`)),
  ];
  const rules: SigmaRule[] = [];
  const issues: RuleIssue[] = parsed.flatMap((one) => one.issues);
  const ids = new Map<string, string>();
  for (const rule of parsed.flatMap((one) => one.rules)) {
    const other = ids.get(rule.id);
    if (other === undefined) {
      rules.push(rule);
      ids.set(rule.id, rule.file);
    } else {
      issues.push({ file: rule.file, line: 1, column: 1, message: `the id ${rule.id} is that of a rule in ${other}` });
    }
  }
  return { rules, issues };
}

function loadAllowLists(
  names: readonly string[] | undefined,
  texts: readonly string[],
  { allowLists }: ContentSettings,
) {
  const root = join(packageRoot(), 'content', 'allow-lists');
  const files = names ? names.map((name) => join(root, `${name}.yaml`)) : yamlFiles(root);
  // Own lists are of the settings; a playbook that names its lists takes those alone.
  const own = names ? [] : allowLists.map((file) => resolve(file));
  const lists = [
    ...files.map((path) => parseAllowList(readText(path), nameIn(root, path))),
    ...own.map((path) => parseAllowList(readText(path), basename(path))),
    ...texts.map((text, index) => parseAllowList(text, `allow[${index}]`)),
  ];
  const entries: AllowListEntry[] = lists.flatMap((list) => list.entries);
  return { entries, issues: lists.flatMap((list) => list.issues) };
}

/** YAML files in a folder and those below it, in order of their paths. */
function yamlFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new TrailhoundError('not-found', `there is no folder of rules ${relative(packageRoot(), folder)}`, {
      cause: error,
    });
  }
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** A path below a folder, written the same on every system. */
function nameIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TrailhoundError('not-found', `there is no file ${relative(packageRoot(), path)}`, { cause: error });
  }
}

function warningOf({ file, line, column, message }: RuleIssue): Warning {
  return { code: 'bad-rule', message: `${file}:${line}:${column}: ${message}` };
}

export const detectVerbs: readonly Verb[] = [detectSigma];

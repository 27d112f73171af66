import { z } from 'zod';
import {
  buildLikeMsticpy,
  buildProcessTree,
  detectSchema,
  expandSandboxTrees,
  fitSchema,
  type NotableProcess,
  openForest,
  type ProcessSchema,
  type ProcessTree,
  RELATIONS,
  relatives,
  SANDBOX_COLUMN,
  SANDBOX_SCHEMA,
  summaryTable,
  TREE_COLUMNS,
  treeText,
} from '../analysis/process-tree/index.ts';
import { type Finding, severityOf, type Warning } from '../outcome.ts';
import {
  cellText,
  findColumn,
  makeTable,
  selectRows,
  sourceOf,
  type Table,
  type TableSource,
} from '../tables/index.ts';
import { evidenceOf } from './input-column.ts';
import { defineVerb, type Verb, type VerbOutput } from './verb.ts';

const column = z.string().min(1).max(200);
const identifier = z.union([z.string().min(1).max(200), z.int()]);

/** MSTICPy's fourteen generic names, and further ones of the same style. */
const schemaParameter = z.strictObject({
  process_name: column,
  process_id: column,
  parent_id: column,
  time_stamp: column,
  cmd_line: column.optional(),
  path_separator: z.enum(['\\', '/']).optional(),
  user_name: column.optional(),
  logon_id: column.optional(),
  host_name_column: column.optional(),
  parent_name: column.optional(),
  target_logon_id: column.optional(),
  user_id: column.optional(),
  event_id_column: column.optional(),
  event_id_identifier: identifier.optional(),
  process_guid: column.optional(),
  parent_guid: column.optional(),
  parent_time_stamp: column.optional(),
  parent_cmd_line: column.optional(),
});

const buildTree = defineVerb({
  name: 'build.process-tree',
  summary: 'Build the tree of processes from their start events',
  description: [
    'Links each process to its parent on its own host: by GUID (Sysmon), by the parent’s start time (Defender), or by',
    'process id, name and time. Parents that no event tells of are inferred. Recognises Windows 4688, Sysmon 1, the',
    'ProcessCreation view, Defender (both forms), Linux auditd, osquery, Trellix HX and VirusTotal sandboxes; any other',
    'table with a schema in MSTICPy’s generic names. Each row is scored for paths, parents and commands that are',
    'notable, with the reason. With `compatibility: msticpy` rows and keys are those of MSTICPy 3.0.2. See `docs/process-tree.md`.',
  ].join('\n'),
  entities: ['process', 'host', 'account'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [],
  parameters: z.strictObject({
    compatibility: z.enum(['none', 'msticpy']).default('none').describe('msticpy: its rows, keys, paths and order'),
    schema: schemaParameter.optional().describe('Which columns say what; default: recognised by their names'),
    minimumScore: z.int().min(1).max(100).default(40).describe('Processes below this score are marked, but no finding'),
    maxFindings: z.int().min(0).max(1000).default(200).describe('Findings kept, the highest scores first'),
  }),
  output: { keepsInput: true, columns: [...TREE_COLUMNS] },
  runsIn: 'worker',
  example: 'tree: { verb: build.process-tree, from: processes }',
  async run([input], parameters) {
    const source = input!;
    const given = parameters.schema && fromGenericNames(parameters.schema);
    if (parameters.compatibility === 'msticpy') {
      return { table: buildLikeMsticpy(await source.read(), given && fitSchema(given, source.schema)) };
    }
    if (!given && source.schema.some(({ name }) => name === SANDBOX_COLUMN)) return sandboxTree(source, parameters);
    const schema = fitSchema(given ?? detectSchema(source.schema), source.schema);
    const table = await source.read();
    const tree = buildProcessTree(table, schema);
    const warnings = warningsOf(tree);
    return {
      table: tree.table,
      tables: { summary: summaryTable(tree.summary) },
      findings: await findingsOf(source, table, tree, schema, parameters, warnings),
      warnings,
    };
  },
});

/** The tree of sandbox reports: findings point at the reports' rows. */
async function sandboxTree(source: TableSource, parameters: FindingLimits): Promise<VerbOutput> {
  const { table, reportRows, badRows, isCut } = expandSandboxTrees(await source.read());
  const tree = buildProcessTree(table, SANDBOX_SCHEMA);
  const warnings = warningsOf(tree);
  if (badRows.length > 0) {
    warnings.push({ code: 'bad-data', message: `${badRows.length} rows hold no tree; the first is row ${badRows[0]}` });
  }
  if (isCut)
    warnings.push({ code: 'limit', message: 'the reports hold more than 100,000 processes: the rest is left out' });
  const findings = await findingsOf(sourceOf(table, source.name), table, tree, SANDBOX_SCHEMA, parameters, warnings);
  return {
    table: tree.table,
    tables: { summary: summaryTable(tree.summary) },
    findings: findings.map((finding) => ({
      ...finding,
      evidence: finding.evidence.map((evidence) => ({ ...evidence, row: reportRows[evidence.row]! })),
    })),
    warnings,
    partial: isCut,
  };
}

function fromGenericNames(given: z.output<typeof schemaParameter>): ProcessSchema {
  return {
    processName: given.process_name,
    processId: given.process_id,
    parentId: given.parent_id,
    timeStamp: given.time_stamp,
    cmdLine: given.cmd_line,
    pathSeparator: given.path_separator,
    userName: given.user_name,
    logonId: given.logon_id,
    hostNameColumn: given.host_name_column,
    parentName: given.parent_name,
    targetLogonId: given.target_logon_id,
    userId: given.user_id,
    eventIdColumn: given.event_id_column,
    eventIdIdentifier: given.event_id_identifier,
    processGuid: given.process_guid,
    parentGuid: given.parent_guid,
    parentTime: given.parent_time_stamp,
    parentCmdLine: given.parent_cmd_line,
  };
}

function warningsOf({ summary }: ProcessTree): Warning[] {
  const warnings: Warning[] = [];
  const note = (count: number, code: string, message: string) => {
    if (count > 0) warnings.push({ code, message: `${count} ${message}` });
  };
  note(summary.orphans, 'orphans', 'processes have a parent of which nothing is told');
  note(summary.cycles, 'cycles', 'links to a parent closed a cycle and were cut');
  note(summary.duplicates, 'duplicates', 'events told of a start that another event told of: they are left out');
  return warnings;
}

const MAX_EVIDENCE = 20;

interface FindingLimits {
  readonly minimumScore: number;
  readonly maxFindings: number;
}

/**
 * One finding for equal programs with equal reasons on a host. What is notable for its encoded command alone is marked in
 * the tree, but reported by `decode.base64`, which shows what the command is.
 */
async function findingsOf(
  source: TableSource,
  table: Table,
  { notable }: ProcessTree,
  schema: ProcessSchema,
  { minimumScore, maxFindings }: FindingLimits,
  warnings: Warning[],
): Promise<Finding[]> {
  const hosts = schema.hostNameColumn ? findColumn(table, schema.hostNameColumn) : undefined;
  const commands = schema.cmdLine ? findColumn(table, schema.cmdLine) : undefined;
  const groups = new Map<string, NotableProcess[]>();
  for (const process of notable) {
    if (process.score < minimumScore || process.scoreOfRest === 0) continue;
    const host = hosts ? cellText(hosts, process.row) : '';
    const key = [host, process.path, process.parentPath, ...process.reasons].join('\n');
    const group = groups.get(key);
    if (group) group.push(process);
    else groups.set(key, [process]);
  }
  const ordered = [...groups.values()].sort((a, b) => b[0]!.score - a[0]!.score || a[0]!.row - b[0]!.row);
  if (ordered.length > maxFindings) {
    const message = `${ordered.length} findings were made; the ${maxFindings} with the highest score are kept`;
    warnings.push({ code: 'limit', message });
  }
  const kept = ordered.slice(0, maxFindings).map((group) => ({ group, shown: group.slice(0, MAX_EVIDENCE) }));
  const byRow = new Map(kept.flatMap(({ shown }) => shown.map((process) => [process.row, process] as const)));
  const excerpt = (row: number) => (commands && cellText(commands, row)) || byRow.get(row)!.path;
  const { evidence } = await evidenceOf(source, [...byRow.keys()], excerpt, [], [schema.timeStamp]);
  return kept.map(({ group, shown }) => {
    const [first] = group as [NotableProcess];
    const host = hosts ? cellText(hosts, first.row) : null;
    const name =
      first.path.slice(Math.max(first.path.lastIndexOf('\\'), first.path.lastIndexOf('/')) + 1) || 'A process';
    const times = group.length > 1 ? ` ${group.length} starts.` : '';
    return {
      score: first.score,
      severity: severityOf(first.score),
      title: `${name} ${first.reasons[0]}${host ? ` on ${host}` : ''}`,
      reason: `${name} ${first.reasons.join('; it ')}.${times}`,
      techniques: first.techniques,
      entities: [...(host ? [{ kind: 'host', id: host }] : []), { kind: 'process', id: first.path }],
      evidence: shown.map(({ row }) => evidence.get(row)!),
    };
  });
}

const KEY_COLUMNS = 'NodeKey (or proc_key of a tree under compatibility msticpy)';

const buildRelatives = defineVerb({
  name: 'build.process-relatives',
  summary: 'Take the roots, children, ancestors… of a process from a tree',
  description: 'Rows of a table that `build.process-tree` made, in tree order. See `docs/process-tree.md`.',
  entities: ['process'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [],
  parameters: z.strictObject({
    relation: z.enum(RELATIONS).describe('root-tree: the whole tree that the process is in'),
    key: z.string().min(1).max(2000).optional().describe(`The process: its ${KEY_COLUMNS}; not needed for roots`),
    includeSource: z.boolean().default(true).describe('With the process itself'),
    maxLevels: z.int().min(1).max(1_000_000).optional().describe('Levels of descendants; default: all'),
  }),
  output: { keepsInput: true, columns: [] },
  runsIn: 'worker',
  example: 'line: { verb: build.process-relatives, from: tree, with: { relation: ancestors, key: "{1111-…}" } }',
  async run([input], { relation, key, includeSource, maxLevels }) {
    const forest = openForest(await input!.read());
    return { table: selectRows(forest.table, relatives(forest, relation, key, includeSource, maxLevels)) };
  },
});

const buildText = defineVerb({
  name: 'build.process-text',
  summary: 'Write a process tree as text',
  description:
    'A block of lines for each process, indented by depth, as MSTICPy’s tree_to_text. See `docs/process-tree.md`.',
  entities: ['process'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [],
  parameters: z.strictObject({
    schema: schemaParameter.optional().describe('Which columns say what; default: recognised by their names'),
  }),
  output: { keepsInput: false, columns: [{ name: 'Line', type: 'string', description: 'One line of the text' }] },
  runsIn: 'worker',
  example: 'text: { verb: build.process-text, from: tree }',
  async run([input], parameters) {
    const given = parameters.schema && fromGenericNames(parameters.schema);
    const schema = fitSchema(given ?? detectSchema(input!.schema), input!.schema);
    const lines = treeText(await input!.read(), schema)
      .split('\n')
      .slice(0, -1);
    return { table: makeTable([{ name: 'Line', type: 'string', values: lines }]) };
  },
});

export const buildVerbs: readonly Verb[] = [buildTree, buildRelatives, buildText];

import type { KqlType } from '../../../tables/index.ts';
import {
  mustPart,
  namedType,
  nameOf,
  parameterText,
  part,
  parts,
  type SyntaxNode,
  textOf,
  typeOf,
} from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import { truth } from '../expressions/logic.ts';
import { nullOf, quoteName, SQL_TYPES } from '../sql.ts';
import {
  findStageColumn,
  type Row,
  rowOf,
  type Scope,
  type Stage,
  type StageColumn,
  type StepReader,
} from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';
import { orderItem } from './rows.ts';

/**
 * `scan`: a machine of steps that walks over ordered rows. Each step holds the last record that it matched, and those
 * of the steps before it. A row is tried on the steps from the last to the first: it either carries the state of the
 * step before into this one (check 1), or goes on in this one (check 2; the first step can always begin).
 *
 * In SQL: a recursive query that takes one row in each round. It is exact and slow: meant for thousands of rows, after
 * filters.
 */
interface Step {
  readonly name: string;
  readonly condition: SyntaxNode;
  readonly assignments: ReadonlyMap<string, SyntaxNode>;
  readonly isOutput: boolean;
}

interface Declared {
  readonly name: string;
  readonly type: KqlType;
  readonly initial: string;
}

interface Machine {
  readonly t: Translation;
  readonly input: Stage;
  readonly scope: Scope;
  readonly steps: readonly Step[];
  readonly declared: readonly Declared[];
}

const active = (step: number) => `a${step}`;
/** The record of step `of` that the state of step `step` holds. */
const record = (step: number, of: number) => `st${step}_${of}`;
const field = (name: string) => quoteName(`f_${name}`);

function stepOf(t: Translation, node: SyntaxNode): Step {
  const output = part(node, 'ScanStepOutput');
  const kind = output ? textOf(mustPart(output, 'OutputKind')).toLowerCase() : 'all';
  if (kind === 'last') return t.refuse(node, 'output=last', 'scan steps with output=last are not supported');
  const clause = part(node, 'ComputationClause');
  const assignments = clause ? parts(clause, 'Assignments') : [];
  return {
    name: nameOf(mustPart(node, 'Name')),
    condition: mustPart(node, 'Condition'),
    assignments: new Map(
      assignments.map((assignment) => [nameOf(mustPart(assignment, 'Name')), mustPart(assignment, 'Expression')]),
    ),
    isOutput: kind !== 'none',
  };
}

function declaredOf(t: Translation, node: SyntaxNode, row: Row): Declared[] {
  const clause = part(node, 'DeclareClause');
  return (clause ? parts(clause, 'Declarations') : []).map((declaration) => {
    const described = mustPart(declaration, 'NameAndType');
    const type = namedType(mustPart(described, 'Type'));
    const initial = part(declaration, 'DefaultValue');
    const value = initial && mustPart(initial, 'Value');
    return {
      name: nameOf(mustPart(described, 'Name')),
      type,
      initial: value ? convert(t.scalar(value, row), typeOf(value), type) : nullOf(type),
    };
  });
}

/** A row whose bare names are the record's columns and the declared defaults, and whose `step.name` read the states. */
function machineRow(machine: Machine, step: number, held: number): Row {
  const { input, scope, declared, steps } = machine;
  const read: StepReader = (stepName, column) => {
    const of = steps.findIndex((candidate) => candidate.name === stepName);
    if (of < 0) return undefined;
    const known = findStageColumn(input, column) ?? declared.find(({ name }) => name === column);
    if (!known) return undefined;
    const initial = 'initial' in known ? known.initial : nullOf(known.type);
    const isHeld = of <= held && held >= 0;
    if (!isHeld || of > step) return initial;
    return `(CASE WHEN ${active(held)} THEN ${record(held, of)}.${field(column)} ELSE ${initial} END)`;
  };
  const own = input.columns.map((column): StageColumn => ({ ...column, sql: `r.${column.sql}` }));
  const variables = declared.map(({ name, type, initial }): StageColumn => ({ name, type, sql: initial }));
  return { ...rowOf({ columns: [...own, ...variables], partition: [], ordered: false }, scope), steps: read };
}

function structType(machine: Machine): string {
  const fields = [...machine.input.columns, ...machine.declared].map(
    ({ name, type }) => `${field(name)} ${SQL_TYPES[type]}`,
  );
  return `STRUCT(${fields.join(', ')})`;
}

/** The record as this step extends it: declared columns are assigned or have their defaults. */
function extended(machine: Machine, step: number, held: number): string {
  const { t, input, declared, steps } = machine;
  const row = machineRow(machine, step, held);
  const values = declared.map(({ name, type, initial }) => {
    const assigned = steps[step]!.assignments.get(name);
    return `${field(name)} := ${assigned ? `CAST(${convert(t.scalar(assigned, row), typeOf(assigned), type)} AS ${SQL_TYPES[type]})` : initial}`;
  });
  const columns = input.columns.map((column) => `${field(column.name)} := r.${column.sql}`);
  return `struct_pack(${[...columns, ...values].join(', ')})`;
}

/** The select lists that take one row through one step, one around the other. */
function stepLayers(machine: Machine, step: number, from: string): string {
  const { t, steps } = machine;
  const condition = (held: number) =>
    `coalesce(${truth(t, steps[step]!.condition, machineRow(machine, step, held), true)}, false)`;
  const promotes = step === 0 ? 'false' : `${active(step - 1)} AND ${condition(step - 1)}`;
  const stays = `${step === 0 ? 'true' : active(step)} AND ${condition(step)}`;
  const checked = `SELECT *, ${promotes} AS c1 FROM (${from})`;
  const both = `SELECT *, NOT c1 AND ${stays} AS c2 FROM (${checked})`;
  const matched =
    step === 0
      ? `CASE WHEN c2 THEN ${extended(machine, 0, 0)} END`
      : `CASE WHEN c1 THEN ${extended(machine, step, step - 1)} WHEN c2 THEN ${extended(machine, step, step)} END`;
  const withRecord = `SELECT *, ${matched} AS e FROM (${both})`;
  const begins = step === 0 ? `c2 AND NOT ${active(0)}` : 'false';
  const replaced = [
    `(${active(step)} OR c1 OR c2) AS ${active(step)}`,
    `CASE WHEN c1 OR c2 THEN e ELSE ${record(step, step)} END AS ${record(step, step)}`,
    ...Array.from(
      { length: step },
      (_, of) => `CASE WHEN c1 THEN ${record(step - 1, of)} ELSE ${record(step, of)} END AS ${record(step, of)}`,
    ),
    ...(step > 0
      ? [
          `(${active(step - 1)} AND NOT c1) AS ${active(step - 1)}`,
          `CASE WHEN c1 THEN m${step - 1} ELSE m${step} END AS m${step}`,
        ]
      : [
          `CASE WHEN ${begins} THEN matches ELSE m0 END AS m0`,
          `CASE WHEN ${begins} THEN matches + 1 ELSE matches END AS matches`,
        ]),
    `(c1 OR c2) AS o${step}`,
    `e AS e${step}`,
  ];
  return `SELECT * EXCLUDE (c1, c2, e) REPLACE (${replaced.join(', ')}) FROM (${withRecord})`;
}

const scan: OperatorRule = (t, node, input, scope) => {
  const matchId = parameterText(node, 'with_match_id');
  // The analyser lists `match_id` even where the query does not ask for it.
  if (matchId === undefined && !findStageColumn(input, 'match_id')) t.phantoms.add('match_id');
  const columns = t.columnsOf(node);
  const orderBy = part(node, 'OrderByClause');
  const partitionBy = part(node, 'PartitionByClause');
  const { input: from, built } = t.withWindows(input, scope, (row) => ({
    keys: [
      ...input.partition,
      ...(partitionBy ? parts(partitionBy, 'Expressions').map((key) => t.scalar(key, row)) : []),
    ],
    order: orderBy ? parts(orderBy, 'Expressions').map((item) => orderItem(t, item, row)) : [],
    declared: declaredOf(t, node, row),
  }));
  const machine: Machine = {
    t,
    input,
    scope,
    steps: parts(node, 'Steps').map((step) => stepOf(t, step)),
    declared: built.declared,
  };
  const keys = built.keys.map((key, index) => `${key} AS k${index}`);
  const keyNames = built.keys.map((_, index) => `k${index}`);
  const window = [
    keys.length > 0 ? `PARTITION BY ${built.keys.join(', ')}` : '',
    built.order.length > 0 ? `ORDER BY ${built.order.join(', ')}` : '',
  ].join(' ');
  const rows = t.stage(
    `SELECT *, ${[...keys, `row_number() OVER (${window})`].join(', ')} AS n FROM ${from.relation}`,
    input.columns,
    { ...input, materialized: true },
  );
  const struct = structType(machine);
  const stepNumbers = machine.steps.map((_, step) => step);
  const initial = stepNumbers.flatMap((step) => [
    `false AS ${active(step)}`,
    ...stepNumbers.slice(0, step + 1).map((of) => `CAST(NULL AS ${struct}) AS ${record(step, of)}`),
    `NULL::BIGINT AS m${step}`,
    `false AS o${step}`,
    `CAST(NULL AS ${struct}) AS e${step}`,
  ]);
  const names = stepNumbers.flatMap((step) => [
    active(step),
    ...stepNumbers.slice(0, step + 1).map((of) => record(step, of)),
    `m${step}`,
    `o${step}`,
    `e${step}`,
  ]);
  const state = [...keyNames, 'matches', ...names];
  const base = `SELECT ${keyNames.length > 0 ? `DISTINCT ${keyNames.join(', ')}, ` : ''}0::BIGINT AS n, 0::BIGINT AS matches, ${initial.join(', ')}${keyNames.length > 0 ? ` FROM ${rows.relation}` : ''}`;
  const sameKeys = keyNames.map((key) => ` AND r0.${key} IS NOT DISTINCT FROM x.${key}`).join('');
  const record0 = `struct_pack(${input.columns.map((column) => `${column.sql} := r0.${column.sql}`).join(', ')})`;
  const joined = `SELECT x.n + 1 AS n, ${state.map((name) => `x.${name}`).join(', ')}, ${record0} AS r FROM x JOIN ${rows.relation} r0 ON r0.n = x.n + 1${sameKeys}`;
  const walked = stepNumbers.toReversed().reduce((sql, step) => stepLayers(machine, step, sql), joined);
  const recursive = `WITH RECURSIVE x AS (${base} UNION ALL SELECT ${[...keyNames, 'n', 'matches', ...names].join(', ')} FROM (${walked})) SELECT * FROM x`;
  const run = t.stage(recursive, []);
  const outputs = machine.steps.flatMap((step, index) => (step.isOutput ? [index] : []));
  const selects = outputs.map((step) => {
    const items = columns.map(
      (column) => `${column.name === matchId ? `m${step}` : `e${step}.${field(column.name)}`} AS ${column.sql}`,
    );
    const hidden = input.partition.map((name, index) => `k${index} AS ${name}`);
    return `SELECT ${[...items, ...hidden, 'n', `${step} AS step`, ...keyNames].join(', ')} FROM ${run.relation} WHERE o${step}`;
  });
  const order = [...keyNames, 'n', 'step'].join(', ');
  return t.stage(
    `SELECT ${t.select(
      input,
      columns.map((column) => column.sql),
    )} FROM (${selects.join(' UNION ALL ')}) ORDER BY ${order}`,
    columns,
    { ...input, ordered: true },
  );
};

export const scanRules: Readonly<Record<string, OperatorRule>> = { ScanOperator: scan };

import { z } from 'zod';
import {
  AGGREGATES,
  distinctRows,
  FILTER_OPERATORS,
  filterRows,
  JOIN_KINDS,
  joinTables,
  renameColumns,
  sampledRows,
  sortedRows,
  summarise,
  unionTables,
} from '../analysis/table-operations/index.ts';
import { TrailhoundError } from '../errors.ts';
import { defineVerb, type Verb } from './verb.ts';

const columnName = z.string().min(1).max(200);
const columnNames = z.array(columnName).min(1).max(500);
const scalar = z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]);
const DOCS = 'See `docs/table-verbs.md`.';

/** What all verbs of the family have in common. */
const common = { entities: [], columnParameters: [], runsIn: 'worker' as const };
const one = { min: 1, max: 1 };
const kept = { keepsInput: true, columns: [] };
const changed = { keepsInput: false, columns: [] };

const select = defineVerb({
  ...common,
  name: 'table.select',
  summary: 'Keep some columns, in this order',
  description: DOCS,
  inputTables: one,
  parameters: z.strictObject({ columns: columnNames.describe('Columns to keep') }),
  output: changed,
  example: 'slim: { verb: table.select, from: logons, with: { columns: [TimeGenerated, Account] } }',
  run: async ([input], { columns }) => ({ table: await input!.read([...new Set(columns)]) }),
});

const rename = defineVerb({
  ...common,
  name: 'table.rename',
  summary: 'Give columns other names',
  description: DOCS,
  inputTables: one,
  parameters: z.strictObject({ columns: z.record(columnName, columnName).describe('Old name: new name') }),
  output: changed,
  example: 'renamed: { verb: table.rename, from: raw, with: { columns: { Host: Computer } } }',
  async run([input], { columns }) {
    const table = await input!.read();
    const names = table.columns.map(({ name }) => (Object.hasOwn(columns, name) ? columns[name]! : name));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new TrailhoundError('usage', `two columns would be named "${twice}"`);
    return { table: renameColumns(table, columns) };
  },
});

const filter = defineVerb({
  ...common,
  name: 'table.filter',
  summary: 'Keep the rows for which conditions hold',
  description: `Texts are compared without regard to case; patterns run in linear time. ${DOCS}`,
  inputTables: one,
  parameters: z.strictObject({
    conditions: z
      .array(
        z.strictObject({
          column: columnName,
          operator: z.enum(FILTER_OPERATORS).default('equals'),
          value: z.union([scalar, z.array(scalar).max(100_000)]).optional(),
        }),
      )
      .min(1)
      .max(100)
      .describe('Column, operator and value; for in, contains, starts-with and ends-with a list means any of them'),
    mode: z.enum(['all', 'any']).default('all').describe('Whether all conditions must hold, or one'),
  }),
  output: kept,
  example: 'failed: { verb: table.filter, from: logons, with: { conditions: [{ column: EventID, value: 4625 }] } }',
  async run([input], { conditions, mode }) {
    const columns = [...new Set(conditions.map(({ column }) => column))];
    const rows = filterRows(await input!.read(columns), conditions, mode);
    return { table: await input!.take(rows) };
  },
});

const join = defineVerb({
  ...common,
  name: 'table.join',
  summary: 'Join two tables by equal keys',
  description: `Kinds as KQL names them; rows in the order of the left table, then the right. ${DOCS}`,
  inputTables: { min: 2, max: 2 },
  parameters: z.strictObject({
    on: z
      .union([columnName, columnNames, z.record(columnName, columnName)])
      .describe('A column, columns of both tables, or left column: right column'),
    kind: z.enum(JOIN_KINDS).default('inner').describe('Which rows to keep'),
    ignoreCase: z.boolean().default(false).describe('Compare texts without regard to case'),
    maxRows: z.int().min(1).max(10_000_000).default(5_000_000).describe('More rows than this: cut, and said so'),
  }),
  output: changed,
  example: 'known: { verb: table.join, from: [iocs, verdicts], with: { on: Observable, kind: leftouter } }',
  async run([left, right], { on, ...options }) {
    const names = typeof on === 'string' ? [on] : on;
    const pairs = Array.isArray(names) ? Object.fromEntries(names.map((name) => [name, name])) : names;
    const { table, isCut } = joinTables(await left!.read(), await right!.read(), { ...options, on: pairs });
    const message = `the join gives more than ${options.maxRows} rows: it is cut`;
    return isCut ? { table, partial: true, warnings: [{ code: 'limit', message }] } : { table };
  },
});

const union = defineVerb({
  ...common,
  name: 'table.union',
  summary: 'Put the rows of tables one after the other',
  description: `A column that a table lacks is null there; one whose types differ becomes text. ${DOCS}`,
  inputTables: { min: 1, max: 50 },
  parameters: z.strictObject({
    sourceColumn: columnName.optional().describe('A column with the name of the table that a row is from'),
  }),
  output: changed,
  example: 'all: { verb: table.union, from: [windows, linux], with: { sourceColumn: SourceTable } }',
  async run(inputs, { sourceColumn }) {
    const tables = await Promise.all(inputs.map(async (input) => ({ name: input.name, table: await input.read() })));
    return { table: unionTables(tables, sourceColumn) };
  },
});

const distinct = defineVerb({
  ...common,
  name: 'table.distinct',
  summary: 'Keep the first row of each combination of values',
  description: DOCS,
  inputTables: one,
  parameters: z.strictObject({
    columns: columnNames.optional().describe('Columns that count; default: all'),
    keepAll: z.boolean().default(false).describe('Keep the other columns too, as in the first row'),
  }),
  output: changed,
  example: 'hosts: { verb: table.distinct, from: processes, with: { columns: [Computer] } }',
  async run([input], { columns, keepAll }) {
    const names = [...new Set(columns ?? input!.schema.map(({ name }) => name))];
    const rows = distinctRows(await input!.read(names), names);
    return { table: await input!.take(rows, keepAll ? undefined : names) };
  },
});

const sort = defineVerb({
  ...common,
  name: 'table.sort',
  summary: 'Sort rows',
  description: `Equal rows keep their order; null is less than all else. ${DOCS}`,
  inputTables: one,
  parameters: z.strictObject({
    by: z
      .array(z.strictObject({ column: columnName, order: z.enum(['asc', 'desc']).default('asc') }))
      .min(1)
      .max(20)
      .describe('Columns and their orders'),
    maxRows: z.int().min(1).max(10_000_000).optional().describe('Only the first rows of that order'),
  }),
  output: kept,
  example: 'latest: { verb: table.sort, from: logons, with: { by: [{ column: TimeGenerated, order: desc }] } }',
  async run([input], { by, maxRows }) {
    const rows = sortedRows(await input!.read([...new Set(by.map(({ column }) => column))]), by);
    return { table: await input!.take(rows.slice(0, maxRows)) };
  },
});

const sample = defineVerb({
  ...common,
  name: 'table.sample',
  summary: 'Take some rows by chance, the same ones each time',
  description: `The result is marked partial, and a warning says of how many rows it is a sample. ${DOCS}`,
  inputTables: one,
  parameters: z.strictObject({
    rows: z.int().min(1).max(10_000_000).describe('Rows to take'),
    seed: z.int().min(0).max(0xffff_ffff).default(1).describe('Another seed takes other rows'),
  }),
  output: kept,
  example: 'some: { verb: table.sample, from: network, with: { rows: 1000 } }',
  async run([input], { rows, seed }) {
    const source = input!;
    if (source.rowCount <= rows) return { table: await source.read() };
    const message = `a sample of ${rows} of ${source.rowCount} rows of ${source.name}`;
    const table = await source.take(sampledRows(source.rowCount, rows, seed));
    return { table, partial: true, warnings: [{ code: 'sample', message }] };
  },
});

const summariseVerb = defineVerb({
  ...common,
  name: 'table.summarise',
  summary: 'Group rows and count, sum or list their values',
  description: `Groups are in order of their first rows. ${DOCS}`,
  inputTables: one,
  parameters: z.strictObject({
    by: z.array(columnName).max(20).default([]).describe('Columns to group by'),
    aggregates: z
      .record(columnName, z.strictObject({ of: z.enum(AGGREGATES), column: columnName.optional() }))
      .default({ Count: { of: 'count' } })
      .describe('New column: what it is, of which column'),
  }),
  output: changed,
  example:
    'counts: { verb: table.summarise, from: logons, with: { by: [Account], aggregates: { Logons: { of: count } } } }',
  async run([input], { by, aggregates }) {
    const lacking = Object.entries(aggregates).find(([, { of, column }]) => of !== 'count' && column === undefined);
    if (lacking) throw new TrailhoundError('usage', `aggregates.${lacking[0]}: ${lacking[1].of} needs a column`);
    const twice = Object.keys(aggregates).find((name) => by.includes(name));
    if (twice !== undefined) throw new TrailhoundError('usage', `two columns would be named "${twice}"`);
    const named = Object.values(aggregates).flatMap(({ column }) => (column === undefined ? [] : [column]));
    // To count rows alone, any column will do.
    const needed = [...new Set([...by, ...named])];
    const columns = needed.length > 0 ? needed : input!.schema.slice(0, 1).map(({ name }) => name);
    return { table: summarise(await input!.read(columns), by, aggregates) };
  },
});

export const tableVerbs: readonly Verb[] = [select, rename, filter, join, union, distinct, sort, sample, summariseVerb];

import { TrailhoundError } from '../../errors.ts';
import type { TableSchema } from '../../tables/index.ts';
import { columnsOf, MSTICPY_SCHEMAS, type NamedSchema, PROCESS_SCHEMAS, type ProcessSchema } from './schema.ts';

const REQUIRED = ['processName', 'processId', 'parentId', 'timeStamp'] as const;

/** The schema that a table has: of those whose four required columns are there, the one with the most columns. */
export function detectSchema(table: TableSchema): NamedSchema {
  const names = new Set(table.map((column) => column.name));
  let best: NamedSchema | undefined;
  let most = 0;
  for (const schema of PROCESS_SCHEMAS) {
    if (!REQUIRED.every((property) => names.has(schema[property]))) continue;
    const count = columnsOf(schema).filter((column) => names.has(column)).length;
    if (count > most) {
      best = schema;
      most = count;
    }
  }
  if (best) return best;
  throw new TrailhoundError('usage', 'the table is not recognised as process events', {
    hint: `Give a schema: which columns are process_name, process_id, parent_id and time_stamp. There are: ${table
      .slice(0, 60)
      .map((column) => column.name)
      .join(', ')}`,
  });
}

/** MSTICPy's detection: the greatest number of a schema's columns wins, the later schema on ties; four are needed. */
export function detectLikeMsticpy(table: TableSchema): NamedSchema {
  const names = new Set(table.map((column) => column.name));
  let best: NamedSchema | undefined;
  let most = 3;
  for (const schema of MSTICPY_SCHEMAS) {
    const count = msticpyColumns(schema).filter((column) => names.has(column)).length;
    if (count > most || (count === most && best)) {
      best = schema;
      most = count;
    }
  }
  if (best) return best;
  throw new TrailhoundError('usage', 'No matching schema for input data found.', { hint: 'Give a schema.' });
}

function msticpyColumns(schema: ProcessSchema): string[] {
  const { cmdLine, userName, logonId, hostNameColumn, parentName, targetLogonId, userId, eventIdColumn } = schema;
  const optional = [cmdLine, userName, logonId, hostNameColumn, parentName, targetLogonId, userId, eventIdColumn];
  const columns = [schema.processName, schema.processId, schema.parentId, schema.timeStamp, ...optional];
  return [...new Set(columns.filter((column) => column !== undefined))];
}

/** The columns of a schema must be there; the optional ones that are not are left out. */
export function fitSchema(schema: ProcessSchema, table: TableSchema): ProcessSchema {
  const names = new Set(table.map((column) => column.name));
  for (const property of REQUIRED) {
    if (names.has(schema[property])) continue;
    throw new TrailhoundError('usage', `the schema's ${property} is "${schema[property]}", which is no column`, {
      hint: `There are: ${[...names].slice(0, 60).join(', ')}`,
    });
  }
  const values = new Set(['pathSeparator', 'eventIdIdentifier', 'endIdentifier', 'name']);
  const entries = Object.entries(schema).filter(([property, column]) => values.has(property) || names.has(column));
  return Object.fromEntries(entries) as unknown as ProcessSchema;
}

import {
  type Cell,
  type Column,
  cell,
  columnFromCells,
  findColumn,
  isTextColumn,
  type Table,
  takeRows,
} from '../../tables/index.ts';
import type { InferredParent } from './link-parents.ts';
import type { ProcessSchema } from './schema.ts';

/** The input's columns for the given rows, and after them what is told of each inferred process. */
export function inheritColumns(
  input: Table,
  rows: Int32Array,
  inferred: readonly InferredParent[],
  schema: ProcessSchema,
): Column[] {
  const isWhole = rows.length === input.rowCount;
  return input.columns.map((column) => {
    const own = isWhole ? column : takeRows(column, rows as unknown as number[]);
    if (inferred.length === 0) return own;
    const told = columnFromCells(
      column.name,
      column.type,
      inferred.map((parent) => tell(column.name, parent, input, schema)),
    );
    return append(own, told);
  });
}

/** One column after the other, of the same type. */
function append(first: Column, second: Column): Column {
  if (isTextColumn(first))
    return { ...first, values: first.values.concat(second.values as (string | null)[]) } as Column;
  const source = first.values as Float64Array;
  const count = source.length;
  const values = new (source.constructor as Float64ArrayConstructor)(count + second.values.length);
  values.set(source);
  values.set(second.values as Float64Array, count);
  const nullsOf = (column: Column) => ('nulls' in column ? column.nulls : undefined);
  if (!nullsOf(first) && !nullsOf(second)) return { name: first.name, type: first.type, values } as Column;
  const nulls = new Uint8Array(values.length);
  nulls.set(nullsOf(first) ?? []);
  nulls.set(nullsOf(second) ?? [], count);
  return { name: first.name, type: first.type, values, nulls } as Column;
}

/** What an inferred process has in a column: what its child's event tells of it. */
function tell(name: string, inferred: InferredParent, input: Table, schema: ProcessSchema): Cell {
  const target = findColumn(input, name)!;
  const from = (told: string | undefined): Cell => {
    const source = told === undefined ? undefined : findColumn(input, told);
    const value = source ? cell(source, inferred.childRow) : null;
    if (value === null || source!.type === target.type) return value;
    return isTextColumn(target) ? String(value) : null;
  };
  const isParent = inferred.generation === 1;
  switch (name) {
    case schema.hostNameColumn:
    case schema.eventIdColumn:
      return from(name);
    case schema.processName:
      return from(isParent ? schema.parentName : schema.grandparentName);
    case schema.processId:
      return from(isParent ? schema.parentId : schema.grandparentId);
    case schema.startTime ?? schema.timeStamp:
      return from(isParent ? schema.parentTime : schema.grandparentTime);
    case schema.processGuid:
      return isParent ? from(schema.parentGuid) : null;
    case schema.cmdLine:
      return isParent ? from(schema.parentCmdLine) : null;
    case schema.parentName:
      return isParent ? from(schema.grandparentName) : null;
    case schema.parentId:
      return isParent ? from(schema.grandparentId) : null;
    default:
      return null;
  }
}

import type { Warning } from '../../outcome.ts';
import type { TableSchema } from '../../tables/index.ts';
import { columnsOfLists, columnsOfObjects, type WireColumn } from '../wire-table.ts';

/** What an answer says beside its rows: plain data, and little of it. */
export interface AnswerRest {
  readonly warnings: readonly Warning[];
  /** What asks for the next page: a link or a token. Absent on the last. */
  readonly next?: string;
  /** How many rows there are in all, over all pages; absent where the service does not say. */
  readonly totalRows?: number;
  /** True if the service says that it left rows out. */
  readonly isTruncated?: boolean;
  /** The fields of this page and those before it, where a page names its own. */
  readonly fields?: TableSchema;
  /** How many items a page of a list has, each with rows in it, and what the first of them is called. */
  readonly items?: { readonly count: number; readonly firstId: string };
  /** What the service keeps of a query under an id, and whether it still works at it. */
  readonly job?: { readonly id: string; readonly isRunning: boolean };
}

/** Some rows of an answer as they stand on the wire, by column. All batches of an answer have the same columns. */
export interface WireBatch {
  readonly rowCount: number;
  readonly columns: readonly WireColumn[];
}

/** An answer of a service in the common form. */
export interface WireAnswer {
  /** The list that holds the rows, which comes in batches (see `outlineJson`). */
  readonly list: unknown;
  readonly columnCount: number;
  /** The rows that an element of the list holds; absent where it is one itself. */
  rowsOf?(element: unknown): Iterable<unknown>;
  batch(rows: readonly unknown[]): WireBatch;
  /** What it says beside its rows, of which there were so many in all batches. */
  rest(rowCount: number): AnswerRest;
}

/** An answer whose rows are lists of values in the order of the schema. */
export function answerOfLists(schema: TableSchema, list: unknown, rest: WireAnswer['rest']): WireAnswer {
  return {
    list,
    columnCount: schema.length,
    batch: (rows) => ({ rowCount: rows.length, columns: columnsOfLists(schema, rows) }),
    rest,
  };
}

/** An answer whose rows are objects. */
export function answerOfObjects(schema: TableSchema, list: unknown, rest: WireAnswer['rest']): WireAnswer {
  return {
    list,
    columnCount: schema.length,
    batch: (rows) => ({ rowCount: rows.length, columns: columnsOfObjects(schema, rows) }),
    rest,
  };
}

export const NO_REST: AnswerRest = { warnings: [] };

import { type BytePieces, joinPieces } from '../../azure/byte-pieces.ts';
import { TrailhoundError } from '../../errors.ts';
import {
  concatTables,
  firstRows,
  freeName,
  type ParquetTable,
  schemaOf,
  type Table,
  withColumns,
} from '../../tables/index.ts';
import { filterTable } from '../filter-table.ts';
import type { QueryRequest } from '../provider.ts';
import { tableFromWire } from '../wire-table.ts';
import { type AnswerForm, type OpenAnswer, openAnswer } from './answer-form.ts';
import type { AnswerRest } from './wire-answer.ts';

/** How an answer becomes a table: plain data, so that it can cross into a worker thread. */
export interface Reading {
  readonly form: AnswerForm;
  /** The service's name, for warnings and errors. */
  readonly service: string;
  /** A request whose conditions the service did not take, or not to the tick. */
  readonly filter?: { readonly request: QueryRequest; readonly timeColumn: string | undefined };
  /** A column after the others that says where all the rows are from; with a digit where there is one of that name. */
  readonly source?: { readonly column: string; readonly name: string };
  /** Rows beyond this many are not kept; infinite where there is no cap. */
  readonly maxRows: number;
}

/** How many rows there were, and what was said beside them. */
export interface AnswerSummary {
  /** Rows that the service gave. */
  readonly rowsGiven: number;
  /** Rows that the conditions let through; more than are kept, if the cap cut them. */
  readonly rowsFound: number;
  readonly rest: AnswerRest;
}

/** What was read of an answer. */
export interface ReadAnswer extends AnswerSummary {
  readonly table: Table | ParquetTable;
}

/** Rows times columns of a batch: what is left out of a row takes memory all the same. */
const CELLS_OF_A_BATCH = 2_000_000;

/**
 * Reads an answer as tables that follow each other, at least one, all of one schema, with what else is asked of its rows:
 * conditions, a source, a cap. In the memory there is never more than one of them and the bytes.
 *
 * @throws bad-data: it is not whole JSON · remote: it says that there is no result · limit: a row of it is too large
 */
export function* readTables(body: BytePieces, reading: Reading): Generator<Table, AnswerSummary> {
  try {
    const answer = openAnswer(reading.form, joinPieces(body), reading.service);
    let rowsGiven = 0;
    let rowsFound = 0;
    for (const rows of smallBatches(answer)) {
      const { rowCount, columns } = answer.batch(rows);
      const found = filtered(tableFromWire(columns, rowCount), reading);
      yield withSource(firstRows(found, Math.max(0, reading.maxRows - rowsFound)), reading);
      rowsGiven += rowCount;
      rowsFound += found.rowCount;
    }
    return { rowsGiven, rowsFound, rest: answer.rest(rowsGiven) };
  } catch (error) {
    // The message of a SyntaxError quotes the text and says nothing else.
    if (error instanceof SyntaxError) throw new TrailhoundError('bad-data', 'the answer is not whole JSON');
    throw error;
  }
}

/** Reads an answer on this thread. Undefined if it is of more cells than this, and so not as small as its bytes. */
export function readHere(body: BytePieces, reading: Reading, maxCells: number): ReadAnswer | undefined {
  const tables: Table[] = [];
  let cells = 0;
  const reader = readTables(body, reading);
  for (let next = reader.next(); ; next = reader.next()) {
    if (next.done) return { ...next.value, table: concatTables(schemaOf(tables[0]!), tables) };
    tables.push(next.value);
    cells += next.value.rowCount * next.value.columns.length;
    if (cells > maxCells) return undefined;
  }
}

function* smallBatches(answer: OpenAnswer): Generator<readonly unknown[]> {
  const most = Math.max(1, Math.floor(CELLS_OF_A_BATCH / Math.max(1, answer.columnCount)));
  let isEmpty = true;
  for (const rows of rowsIn(answer, most)) {
    for (let from = 0; from < rows.length; from += most) {
      isEmpty = false;
      yield rows.length <= most ? rows : rows.slice(from, from + most);
    }
  }
  if (isEmpty) yield [];
}

/** The rows of each batch. Where elements hold rows, about so many at once: one may hold any number. */
function* rowsIn(answer: OpenAnswer, most: number): Generator<readonly unknown[]> {
  if (!answer.rowsOf) return yield* answer.batches();
  let rows: unknown[] = [];
  for (const elements of answer.batches()) {
    for (const element of elements) {
      for (const row of answer.rowsOf(element)) {
        rows.push(row);
        if (rows.length < most) continue;
        yield rows;
        rows = [];
      }
    }
    // What the elements hold is let go with their batch.
    if (rows.length > 0) yield rows;
    rows = [];
  }
}

function filtered(table: Table, { filter }: Reading): Table {
  return filter ? filterTable(table, filter.request, filter.timeColumn).table : table;
}

function withSource(table: Table, { source }: Reading): Table {
  if (!source) return table;
  const name = freeName(new Set(table.columns.map((column) => column.name)), source.column);
  const values = new Array<string>(table.rowCount).fill(source.name);
  return withColumns(table, [{ name, type: 'string', values }]);
}

import { rm } from 'node:fs/promises';
import type { BytePieces } from '../../azure/byte-pieces.ts';
import { TrailhoundError } from '../../errors.ts';
import {
  firstRows,
  type ParquetTable,
  readBatches,
  type Table,
  type TableSchema,
  writeTables,
} from '../../tables/index.ts';
import { renameColumn, uniteTables } from '../unite-tables.ts';
import { type AnswerSummary, type ReadAnswer, type Reading, readTables } from './read-answer.ts';

/** Tables that are to be one. */
export interface Union {
  /** The files of those that lie in files are removed when they are put together. */
  readonly tables: readonly (Table | ParquetTable)[];
  readonly schema: TableSchema;
  readonly maxRows: number;
  /** A column of the tables that is called otherwise in the schema. */
  readonly rename?: { readonly from: string; readonly to: string };
}

/**
 * What a worker thread does with answers (see `lib/verbs/answer-worker.ts`). Their rows go to Parquet files, and never to
 * the thread that asked.
 */
export interface AnswerWorker {
  /** Reads an answer; the memory of its body is taken away. */
  read(body: BytePieces, reading: Reading, signal: AbortSignal | undefined): Promise<ReadAnswer>;
  /** Puts tables under each other; there is at least one row. */
  unite(union: Union, signal: AbortSignal | undefined): Promise<ParquetTable>;
}

/** Reads an answer into a file. One without rows or columns needs none. */
export async function readIntoFile(body: BytePieces, reading: Reading, path: string): Promise<ReadAnswer> {
  const state: { summary?: AnswerSummary; first?: Table } = {};
  function* written(): Generator<Table> {
    const reader = readTables(body, reading);
    for (let next = reader.next(); ; next = reader.next()) {
      if (next.done) {
        state.summary = next.value;
        return;
      }
      state.first ??= firstRows(next.value, 0);
      if (next.value.columns.length > 0) yield next.value;
    }
  }
  const stored = await writeTables(written(), path);
  return { ...state.summary!, table: stored ?? state.first! };
}

/** Puts tables under each other into a file. */
export async function uniteIntoFile({ tables, schema, maxRows, rename }: Union, path: string): Promise<ParquetTable> {
  async function* shaped(): AsyncGenerator<Table> {
    let left = maxRows;
    for (const table of tables) {
      for await (const batch of 'parts' in table ? readBatches(table) : [table]) {
        const named = rename ? renameColumn(batch, rename.from, rename.to) : batch;
        const kept = firstRows(uniteTables([named], schema), left);
        left -= kept.rowCount;
        yield kept;
      }
    }
  }
  const united = await writeTables(shaped(), path);
  if (!united) throw new TrailhoundError('internal', 'a union without rows was asked for');
  const files = tables.flatMap((table) => ('parts' in table ? table.parts : []));
  for (const file of files) await rm(file.path, { force: true });
  return united;
}

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BytePieces } from '../azure/byte-pieces.ts';
import { type AnswerWorker, readIntoFile, type Union, uniteIntoFile } from '../providers/answers/answer-tasks.ts';
import type { ReadAnswer, Reading } from '../providers/answers/read-answer.ts';
import type { ParquetTable } from '../tables/index.ts';
import type { WorkerPool } from '../workers/pool.ts';
import { runInWorker } from './worker-pool.ts';

export interface ReadTask {
  readonly body: BytePieces;
  readonly reading: Reading;
  readonly path: string;
}

export interface UniteTask {
  readonly union: Union;
  readonly path: string;
}

export const runReadTask = ({ body, reading, path }: ReadTask) => readIntoFile(body, reading, path);
export const runUniteTask = ({ union, path }: UniteTask) => uniteIntoFile(union, path);

/**
 * Reads what services answer on a worker thread, into Parquet files of this folder.
 *
 * @param run runs a task of `worker.ts`; default: in this process's pool
 */
export function answersInWorker(folder: string, run: WorkerPool['run'] = runInWorker): AnswerWorker {
  const newFile = async () => {
    await mkdir(folder, { recursive: true });
    return join(folder, `${randomUUID()}.parquet`);
  };
  return {
    async read(body, reading, signal) {
      const task: ReadTask = { body, reading, path: await newFile() };
      const transfer = body.map(({ buffer }) => buffer);
      return (await run('read-answer', task, { signal, transfer })) as ReadAnswer;
    },
    async unite(union, signal) {
      const task: UniteTask = { union, path: await newFile() };
      return (await run('unite-tables', task, { signal })) as ParquetTable;
    },
  };
}

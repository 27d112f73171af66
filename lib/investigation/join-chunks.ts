import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { distinctWarnings, isLoss, LIMIT_CODES, splitOf } from '../providers/split/ask-chunk.ts';
import { mergeTables } from '../providers/split/merge-parts.ts';
import type { Merge } from '../providers/split/split-plan.ts';
import { firstRows, type ParquetTable, parquetSource, rowCountOf, writeParquet } from '../tables/index.ts';
import { budgetWarnings } from '../verbs/query.ts';
import type { VerbRunResult, WrittenTable } from '../verbs/run-verb.ts';
import { describeGaps, gapsOf, type KeptPart, keptParts, rowsOfPart } from './chunk-parts.ts';
import { timeColumnOf, wholeOf, withProvider } from './query-chunk.ts';
import type { QueryCost } from './request.ts';
import { answer, locateStep, type StepRun, type StepRunAnswer, storeResult } from './run-step.ts';
import type { Runtime } from './runtime.ts';
import { fetchTable, sha256Of } from './table-files.ts';

export interface JoinRun extends StepRun {
  /** How many questions were asked, the estimate and those that met a limit included. */
  readonly questions: number;
  /** What was known before asking; null where it could not be told. */
  readonly cost: QueryCost | null;
  /** Why the query was not asked whole; null if it was. */
  readonly why: string | null;
  /** Why asking was stopped before all parts were there; null if it was not. */
  readonly stopped: 'rows' | 'queries' | 'time' | null;
}

/**
 * Puts the parts of a query together, without loss or duplication: in order of time, as rows one after the other (the
 * parts' own blobs are the table's parts), or merged as the query's last operator asks. A gap is said, never hidden.
 */
export async function joinChunks(runtime: Runtime, run: JoinRun): Promise<StepRunAnswer> {
  const located = await locateStep(runtime, run);
  if (located.existing) return answer(located.name, located.existing);
  const whole = wholeOf(located);
  const parts = await keptParts(runtime, located);
  const warnings = [...warningsOf(parts), ...splitWarnings(run, parts.length), ...gapWarnings(run, parts, whole.chunk)];
  return withProvider(runtime, located, whole.provider, async (provider, folder) => {
    const mergeOf = () => splitOf(whole.request, timeColumnOf(provider)).merge;
    const cap = { rows: whole.within.maxRows, expected: run.cost?.rows };
    const table = await joined(runtime, parts, { mergeOf, cap, stopped: run.stopped }, warnings, folder);
    const rowsOut = rowCountOf(table);
    warnings.push(...budgetWarnings(whole.asked, whole.within, rowsOut));
    const distinct = distinctWarnings(warnings);
    const result: VerbRunResult = {
      tables: [table],
      artifacts: [],
      findings: [],
      verdicts: [],
      warnings: distinct,
      partial: distinct.some(isLoss),
      rowsIn: 0,
      rowsOut,
      spent: { queries: run.questions, rows: rowsOut },
    };
    return answer(located.name, await storeResult(runtime, located.name, located.planned, result));
  });
}

/** What was said of parts; limits that were met are no loss where smaller parts were asked. */
function warningsOf(parts: readonly KeptPart[]): Warning[] {
  return parts.flatMap((part) => part.warnings.filter(({ code }) => !LIMIT_CODES.has(code) || part.isWhole));
}

function splitWarnings({ why, questions, cost }: JoinRun, parts: number): Warning[] {
  if (why === null) return [];
  const estimated = cost === null ? '' : `; estimated before: ${cost.rows} rows, ${cost.sizeInBytes} bytes`;
  return [{ code: 'split', message: `asked in ${parts} parts (${questions} questions), for ${why}${estimated}` }];
}

const STOPPED = {
  rows: 'there were rows enough',
  queries: "the investigation's budget of queries (budgets.queries) was used up",
  time: "the investigation's time (budgets.wallTimeInMs) was over",
} as const;

/** Rows enough are no gap. */
function gapWarnings({ stopped }: JoinRun, parts: readonly KeptPart[], range: KeptRange): Warning[] {
  if (stopped === 'rows') return [];
  const gaps = gapsOf(parts, range);
  if (gaps.length === 0) return [];
  const missing = `rows are missing of ${describeGaps(gaps)}`;
  if (stopped === null) return [{ code: 'rows-missing', message: missing }];
  return [{ code: 'budget', message: `${STOPPED[stopped]}: ${missing}` }];
}

type KeptRange = Parameters<typeof gapsOf>[1];

interface JoinOptions {
  /** How the parts become the whole; asked for only where there are several. */
  readonly mergeOf: () => Merge;
  readonly cap: { readonly rows: number; readonly expected: number | undefined };
  readonly stopped: JoinRun['stopped'];
}

async function joined(
  runtime: Runtime,
  parts: readonly KeptPart[],
  { mergeOf, cap, stopped }: JoinOptions,
  warnings: Warning[],
  folder: string,
): Promise<WrittenTable> {
  const [first] = parts;
  if (!first)
    throw new TrailhoundError('budget', `${stopped ? STOPPED[stopped] : 'a query was stopped'} before anything came`);
  const merge: Merge = first.isWhole ? { kind: 'rows', descending: false } : mergeOf();
  const total = parts.reduce((sum, part) => sum + rowsOfPart(part), 0);
  const sameSchema = parts.every(({ schema }) => JSON.stringify(schema) === JSON.stringify(first.schema));
  const local = (kept: KeptPart): Promise<ParquetTable> =>
    fetchTable(runtime.blobs, runtime.cacheFolder, { name: 'part', schema: kept.schema, parts: kept.parts });
  if (merge.kind === 'rows' && sameSchema && total <= cap.rows) {
    const ordered = merge.descending ? parts.toReversed() : parts;
    const files: WrittenTable['parts'][number][] = [];
    for (const kept of ordered) {
      const { parts: found } = await local(kept);
      kept.parts.forEach(({ rowCount, sizeInBytes, sha256 }, index) => {
        files.push({ path: found[index]!.path, rowCount, sizeInBytes, sha256 });
      });
    }
    return { name: '', schema: first.schema, parts: files };
  }
  const tables = [];
  for (const kept of parts) tables.push(await parquetSource(await local(kept), 'part').read());
  let table = mergeTables(tables, merge);
  if (table.rowCount > cap.rows) {
    table = firstRows(table, cap.rows);
    const of = cap.expected === undefined ? '' : ` of about ${cap.expected}`;
    warnings.push({ code: 'row-cap', message: `only the first ${cap.rows} rows${of} were taken` });
  }
  const path = join(folder, 'joined.parquet');
  const { schema } = await writeParquet(table, path);
  const bytes = await readFile(path);
  const sha256 = sha256Of(bytes);
  return { name: '', schema, parts: [{ path, rowCount: table.rowCount, sizeInBytes: bytes.length, sha256 }] };
}

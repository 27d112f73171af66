import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import type { QueryProvider, QueryRequest, QueryResult } from '../providers/provider.ts';
import { type Chunk, compareChunks, halves } from '../providers/split/chunk.ts';
import { mergeTables } from '../providers/split/merge-parts.ts';
import type { Merge } from '../providers/split/split-plan.ts';
import {
  askChunk,
  askWhole,
  type ChunkOutcome,
  distinctWarnings,
  isLoss,
  LIMIT_CODES,
  splitOf,
} from '../providers/split/split-query.ts';
import { type ParquetTable, parquetSource, selectRows, type TableSchema, writeParquet } from '../tables/index.ts';
import { parseQueryParameters, queryRequestOf } from '../verbs/query.ts';
import type { VerbRunResult, WrittenTable } from '../verbs/run-verb.ts';
import { nowOf, timeRangeOf } from './plan-investigation.ts';
import {
  answer,
  capRows,
  type LocatedStep,
  locateStep,
  type StepRun,
  type StepRunAnswer,
  storeResult,
  withScratch,
} from './run-step.ts';
import type { Runtime } from './runtime.ts';
import type { StoredTable } from './step-result.ts';
import { fetchTable } from './table-files.ts';

/** A chunk as it goes through the history: ticks as text. */
export interface ChunkText {
  readonly start: string;
  readonly end: string;
  readonly bucket?: { readonly index: number; readonly count: number };
}

/** What asking for a chunk came to. */
export type ChunkAnswer =
  | { readonly kind: 'kept'; readonly rows: number }
  /** A limit was met: the halves are to be asked in its place. */
  | { readonly kind: 'halved'; readonly why: string; readonly halves: readonly ChunkText[] };

export interface ChunkRun extends StepRun {
  /** Null: the whole range of the query, asked as it stands. */
  readonly chunk: ChunkText | null;
}

/** A part that was kept: the sidecar of its Parquet blobs. */
interface KeptPart {
  readonly chunk: ChunkText;
  readonly isWhole: boolean;
  readonly schema: TableSchema;
  readonly parts: StoredTable['parts'];
  readonly warnings: readonly Warning[];
}

/**
 * Asks a query's provider for one part of its time, and stores what came, once: a repeat finds the part and asks
 * nobody. Where a limit is met, nothing is stored and the halves are given; where there are none, what came is stored
 * with a warning that rows are missing.
 *
 * @throws `throttled` with the time to wait in the hint; what the provider throws otherwise
 */
export async function queryChunk(runtime: Runtime, run: ChunkRun, signal: AbortSignal): Promise<ChunkAnswer> {
  const located = await locateStep(runtime, run);
  const whole = wholeOf(located, runtime);
  const chunk = run.chunk ? chunkOf(run.chunk) : whole.chunk;
  const name = partName(located, chunk, run.chunk === null);
  const known = await readPart(runtime, name);
  if (known) return { kind: 'kept', rows: rowsOf(known) };
  return withScratch(runtime, async (folder) => {
    const services = runtime.services(located.stored.request.dataPaths, folder);
    const provider = await services.provider(whole.provider);
    const outcome = run.chunk
      ? await askPart(provider, whole.request, chunk, signal)
      : await askWhole(provider, whole.request, { signal });
    if (outcome.kind === 'fits') return keep(runtime, name, chunk, run.chunk === null, outcome.result, folder);
    const parts = splitPossible(provider, whole.request, chunk);
    if (Array.isArray(parts)) return { kind: 'halved', why: outcome.why, halves: parts.map(textOf) };
    if (!outcome.result) throw new TrailhoundError('limit', `${outcome.why}; ${parts as string}`);
    const lost: Warning = { code: 'rows-missing', message: `${outcome.why}; ${parts as string}` };
    const result = { ...outcome.result, warnings: [...outcome.result.warnings, lost] };
    return keep(runtime, name, chunk, run.chunk === null, result, folder);
  });
}

/** The whole query of a step: its provider, request and range. */
function wholeOf({ stored, planned }: LocatedStep, runtime: Runtime) {
  const parameters = parseQueryParameters(capRows(planned, runtime.budget.rows));
  const request = queryRequestOf(parameters, { nowInMs: nowOf(stored), timeRange: timeRangeOf(stored) });
  if (!request.timeRange) throw new TrailhoundError('internal', `step ${planned.name} has no time range to split`);
  return { provider: parameters.provider, request, chunk: request.timeRange as Chunk };
}

/** A table with conditions is asked for in a shorter range; KQL, and shares of one tick, by the plan of the split. */
function askPart(
  provider: QueryProvider,
  request: QueryRequest,
  chunk: Chunk,
  signal: AbortSignal,
): Promise<ChunkOutcome> {
  if (request.kql !== undefined || chunk.bucket)
    return askChunk(provider, request, splitOf(request, timeColumnOf(provider)), chunk, signal);
  const { maxRows: _all, ...rest } = request;
  return askWhole(provider, { ...rest, timeRange: { start: chunk.start, end: chunk.end } }, { signal });
}

/** The column that holds a table's time, as the provider has it. */
const timeColumnOf = (provider: QueryProvider) => (table: string) => provider.timeColumnOf?.(table) ?? 'TimeGenerated';

/** The halves of a chunk, or why there can be none. */
function splitPossible(provider: QueryProvider, request: QueryRequest, chunk: Chunk): readonly Chunk[] | string {
  let merge: Merge;
  try {
    merge = splitOf(request, timeColumnOf(provider)).merge;
  } catch (error) {
    return toErrorInfo(error).message;
  }
  const parts = halves(chunk);
  if (!parts) return 'one instant has more rows than can be asked for';
  if (parts[0].bucket && merge.kind !== 'rows')
    return 'one instant has more rows than can be asked for, and they cannot be shared out';
  return parts;
}

async function keep(
  runtime: Runtime,
  name: string,
  chunk: Chunk,
  isWhole: boolean,
  result: QueryResult,
  folder: string,
): Promise<ChunkAnswer> {
  const stored =
    'parts' in result.table ? result.table : await writeParquet(result.table, join(folder, 'part.parquet'));
  const parts: KeptPart['parts'][number][] = [];
  for (const { path, rowCount } of stored.parts) {
    const bytes = await readFile(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const blob = `${name}${parts.length === 0 ? '' : `-file-${parts.length}`}.parquet`;
    await runtime.blobs.put(blob, bytes);
    parts.push({ blob, rowCount, sizeInBytes: bytes.length, sha256 });
  }
  const kept: KeptPart = { chunk: textOf(chunk), isWhole, schema: stored.schema, parts, warnings: result.warnings };
  await runtime.blobs.put(`${name}.json`, JSON.stringify(kept), { onlyIfAbsent: true });
  return { kind: 'kept', rows: rowsOf(kept) };
}

function rowsOf({ parts }: KeptPart): number {
  return parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

export interface JoinRun extends StepRun {
  /** How many questions were asked, those that met a limit included. */
  readonly questions: number;
  /** Why the query was not asked whole; null if it was. */
  readonly why: string | null;
  /** True if asking was stopped before all parts were there, because there were rows enough. */
  readonly isStopped: boolean;
}

/**
 * Puts the parts of a query together, without loss or duplication: in order of time, as rows one after the other (the
 * parts' own blobs are the table's parts), or merged as the query's last operator asks. A gap is said, never hidden.
 */
export async function joinChunks(runtime: Runtime, run: JoinRun): Promise<StepRunAnswer> {
  const located = await locateStep(runtime, run);
  if (located.existing) return answer(located.name, located.existing);
  const whole = wholeOf(located, runtime);
  const parts = await keptParts(runtime, located);
  const warnings: Warning[] = parts.flatMap((part) =>
    part.warnings.filter(({ code }) => !LIMIT_CODES.has(code) || part.isWhole),
  );
  if (run.why !== null) {
    warnings.push({
      code: 'split',
      message: `asked in ${parts.length} parts (${run.questions} questions), for ${run.why}`,
    });
  }
  if (!run.isStopped && !covers(parts, whole.chunk)) {
    warnings.push({ code: 'rows-missing', message: 'parts of the time range are missing' });
  }
  return withScratch(runtime, async (folder) => {
    const services = runtime.services(located.stored.request.dataPaths, folder);
    const provider = await services.provider(whole.provider);
    const table = await joined(runtime, parts, { provider, request: whole.request }, warnings, folder);
    const rowCount = table.parts.reduce((sum, part) => sum + part.rowCount, 0);
    const distinct = distinctWarnings(warnings);
    const result: VerbRunResult = {
      tables: [table],
      artifacts: [],
      findings: [],
      verdicts: [],
      warnings: distinct,
      partial: distinct.some(isLoss),
      rowsIn: 0,
      rowsOut: rowCount,
    };
    return answer(located.name, await storeResult(runtime, located.name, located.planned, result));
  });
}

async function joined(
  runtime: Runtime,
  parts: readonly KeptPart[],
  { provider, request }: { readonly provider: QueryProvider; readonly request: QueryRequest },
  warnings: Warning[],
  folder: string,
): Promise<WrittenTable> {
  const [first] = parts;
  if (!first) throw new TrailhoundError('internal', 'a query left no parts');
  const merge: Merge = first.isWhole
    ? { kind: 'rows', descending: false }
    : splitOf(request, timeColumnOf(provider)).merge;
  const total = parts.reduce((sum, part) => sum + rowsOf(part), 0);
  const cap = request.maxRows ?? Number.POSITIVE_INFINITY;
  const sameSchema = parts.every(({ schema }) => JSON.stringify(schema) === JSON.stringify(first.schema));
  const local = async (kept: KeptPart): Promise<ParquetTable> =>
    fetchTable(runtime.blobs, runtime.cacheFolder, { name: 'part', schema: kept.schema, parts: kept.parts });
  if (merge.kind === 'rows' && sameSchema && total <= cap) {
    const ordered = merge.descending ? parts.toReversed() : parts;
    const files: WrittenTable['parts'][number][] = [];
    for (const kept of ordered) {
      const { parts: fetched } = await local(kept);
      kept.parts.forEach(({ blob: _, ...part }, index) => {
        files.push({ ...part, path: fetched[index]!.path });
      });
    }
    return { name: '', schema: first.schema, parts: files };
  }
  const tables = [];
  for (const kept of parts) tables.push(await parquetSource(await local(kept), 'part').read());
  let table = mergeTables(tables, merge);
  if (table.rowCount > cap) {
    table = selectRows(
      table,
      Uint32Array.from({ length: cap }, (_, row) => row),
    );
    warnings.push({ code: 'row-cap', message: `only the first ${cap} rows were taken` });
  }
  const path = join(folder, 'joined.parquet');
  const { schema } = await writeParquet(table, path);
  const bytes = await readFile(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: '', schema, parts: [{ path, rowCount: table.rowCount, sizeInBytes: bytes.length, sha256 }] };
}

const PART_FOLDER = 'chunks';

async function keptParts(runtime: Runtime, located: LocatedStep): Promise<KeptPart[]> {
  const names = await runtime.blobs.list(`${rootOf(located)}/${PART_FOLDER}/`);
  const parts: KeptPart[] = [];
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const part = await readPart(runtime, name.slice(0, -'.json'.length));
    if (part) parts.push(part);
  }
  return parts.sort((a, b) => compareChunks(chunkOf(a.chunk), chunkOf(b.chunk)));
}

async function readPart(runtime: Runtime, name: string): Promise<KeptPart | null> {
  const content = await runtime.blobs.get(`${name}.json`);
  return content ? (JSON.parse(content.toString('utf8')) as KeptPart) : null;
}

/** Whether parts in order of time cover a range without a gap; shares of one tick have to be all there. */
function covers(parts: readonly KeptPart[], range: Chunk): boolean {
  let at = range.start;
  let share = 0;
  for (const { chunk } of parts) {
    const { start, end, bucket } = chunkOf(chunk);
    if (start !== at) return false;
    if (bucket) {
      share += 1 / bucket.count;
      if (share < 1) continue;
    }
    share = 0;
    at = end;
  }
  return at === range.end && share === 0;
}

function partName(located: LocatedStep, { start, end, bucket }: Chunk, isWhole: boolean): string {
  const share = bucket ? `-${bucket.index}-of-${bucket.count}` : '';
  return `${rootOf(located)}/${PART_FOLDER}/${isWhole ? 'whole' : 'part'}-${start}-${end}${share}`;
}

function rootOf({ name }: LocatedStep): string {
  return name.slice(0, name.lastIndexOf('/'));
}

function textOf({ start, end, bucket }: Chunk): ChunkText {
  return { start: String(start), end: String(end), ...(bucket ? { bucket } : {}) };
}

function chunkOf({ start, end, bucket }: ChunkText): Chunk {
  return { start: BigInt(start), end: BigInt(end), ...(bucket ? { bucket } : {}) };
}

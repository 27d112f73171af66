import type { Warning } from '../outcome.ts';
import { type Chunk, compareChunks } from '../providers/split/chunk.ts';
import { isoFromTicks, type TableSchema } from '../tables/index.ts';
import type { LocatedStep } from './run-step.ts';
import type { Runtime } from './runtime.ts';
import type { StoredTable } from './step-result.ts';

/** A chunk as it goes through the history: ticks as text. */
export interface ChunkText {
  readonly start: string;
  readonly end: string;
  readonly bucket?: { readonly index: number; readonly count: number };
  /** How many rows it is expected to have, where that was estimated. */
  readonly rowCount?: number;
}

/** A part that was kept: the sidecar of its Parquet blobs. */
export interface KeptPart {
  readonly chunk: ChunkText;
  readonly isWhole: boolean;
  readonly schema: TableSchema;
  readonly parts: StoredTable['parts'];
  readonly warnings: readonly Warning[];
}

const PART_FOLDER = 'chunks';

/** Where a part of a step's query lies; its blobs begin with this name. */
export function partName(located: LocatedStep, { start, end, bucket }: Chunk, isWhole: boolean): string {
  const share = bucket ? `-${bucket.index}-of-${bucket.count}` : '';
  return `${rootOf(located)}/${PART_FOLDER}/${isWhole ? 'whole' : 'part'}-${start}-${end}${share}`;
}

/** All parts of a step's query that were kept, in order of time. */
export async function keptParts(runtime: Pick<Runtime, 'blobs'>, located: LocatedStep): Promise<KeptPart[]> {
  const names = await runtime.blobs.list(`${rootOf(located)}/${PART_FOLDER}/`);
  const parts: KeptPart[] = [];
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const part = await readPart(runtime, name.slice(0, -'.json'.length));
    if (part) parts.push(part);
  }
  return parts.sort((a, b) => compareChunks(chunkOf(a.chunk), chunkOf(b.chunk)));
}

/** The part of that name, or null if it was not kept. */
export async function readPart(runtime: Pick<Runtime, 'blobs'>, name: string): Promise<KeptPart | null> {
  const content = await runtime.blobs.get(`${name}.json`);
  return content ? (JSON.parse(content.toString('utf8')) as KeptPart) : null;
}

/** The rows of a part. */
export function rowsOfPart({ parts }: KeptPart): number {
  return parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** The stretches of a range that parts, in order of time, leave open; shares of one tick have to be all there. */
export function gapsOf(parts: readonly KeptPart[], range: Chunk): { readonly start: bigint; readonly end: bigint }[] {
  const gaps: { start: bigint; end: bigint }[] = [];
  let at = range.start;
  let share = 0;
  const open = (end: bigint) => {
    if (share > 0) gaps.push({ start: at, end: at + 1n });
    const from = share > 0 ? at + 1n : at;
    if (from < end) gaps.push({ start: from, end });
    share = 0;
  };
  for (const { chunk } of parts) {
    const { start, end, bucket } = chunkOf(chunk);
    if (start !== at) open(start);
    at = start;
    if (bucket) {
      share += 1 / bucket.count;
      if (share < 1) continue;
    }
    share = 0;
    at = end;
  }
  if (at < range.end || share > 0) open(range.end);
  return gaps;
}

/** Stretches of time in words, the first few by name. */
export function describeGaps(gaps: ReturnType<typeof gapsOf>): string {
  const named = gaps.slice(0, 3).map(({ start, end }) => `${isoFromTicks(start)} to ${isoFromTicks(end)}`);
  return `${named.join(', ')}${gaps.length > 3 ? ` and ${gaps.length - 3} more` : ''}`;
}

export function textOfChunk({ start, end, bucket }: Chunk, rowCount?: number): ChunkText {
  return {
    start: String(start),
    end: String(end),
    ...(bucket ? { bucket } : {}),
    ...(rowCount === undefined ? {} : { rowCount }),
  };
}

export function chunkOf({ start, end, bucket }: ChunkText): Chunk {
  return { start: BigInt(start), end: BigInt(end), ...(bucket ? { bucket } : {}) };
}

function rootOf({ name }: LocatedStep): string {
  return name.slice(0, name.lastIndexOf('/'));
}

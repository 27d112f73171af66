import { type Column, findColumn, isTextColumn, type Table, ticksFromIso } from '../../tables/index.ts';
import type { ProcessSchema } from './schema.ts';

/** Ticks of 2020-01-01: times are kept as ticks from here, exact as doubles for 28 years either way. */
export const BASE_TICKS = 637_134_336_000_000_000n;
const BASE_HIGH = Number(BASE_TICKS >> 32n);
const BASE_LOW = Number(BASE_TICKS & 0xffff_ffffn);

/** Distinct texts by number; -1 stands for no text. */
export interface Coded {
  readonly codes: Int32Array;
  readonly texts: readonly string[];
}

/** Process events in the form in which parents are sought: numbers only. `-1` or NaN: unknown. */
export interface ProcessRows {
  readonly rowCount: number;
  /** 1: a start; 2: an end; 0: neither. */
  readonly kinds: Uint8Array;
  readonly hosts: Coded;
  readonly pids: Float64Array;
  readonly parentPids: Float64Array;
  /** Lower case. */
  readonly names: Coded;
  readonly parentNames: Coded;
  /** Ticks from BASE_TICKS. */
  readonly times: Float64Array;
  readonly parentTimes: Float64Array | null;
  readonly guids: readonly (string | null)[] | null;
  readonly parentGuids: readonly (string | null)[] | null;
  readonly endPids: Float64Array | null;
  /** What the child's event tells of its parent's parent. */
  readonly grandparents: {
    readonly pids: Float64Array;
    readonly names: Coded;
    readonly times: Float64Array;
  } | null;
}

/** Reads the columns that linking needs. `names` and `parentNames` share their numbers. */
export function readProcessRows(table: Table, schema: ProcessSchema): ProcessRows {
  const { rowCount } = table;
  const column = (name: string | undefined) => (name === undefined ? undefined : findColumn(table, name));
  const kinds = kindsOf(column(schema.eventIdColumn), schema, rowCount);
  const nameCodes = new Map<string, number>();
  const names = codeTexts(column(schema.processName), rowCount, nameCodes);
  const parentNames = codeTexts(column(schema.parentName), rowCount, nameCodes);
  const grandparentNames = schema.grandparentName
    ? codeTexts(column(schema.grandparentName), rowCount, nameCodes)
    : null;
  const texts = [...nameCodes.keys()];
  const times = timesOf(column(schema.startTime) ?? column(schema.timeStamp), rowCount);
  const fallback = schema.startTime ? timesOf(column(schema.timeStamp), rowCount) : times;
  for (let row = 0; row < rowCount; row++) if (Number.isNaN(times[row]!)) times[row] = fallback[row]!;
  const hostCodes = new Map<string, number>();
  return {
    rowCount,
    kinds,
    hosts: { codes: codeTexts(column(schema.hostNameColumn), rowCount, hostCodes), texts: [...hostCodes.keys()] },
    pids: pidsOf(column(schema.processId), rowCount),
    parentPids: pidsOf(column(schema.parentId), rowCount),
    names: { codes: names, texts },
    parentNames: { codes: parentNames, texts },
    times,
    parentTimes: schema.parentTime ? timesOf(column(schema.parentTime), rowCount) : null,
    guids: guidsOf(column(schema.processGuid)),
    parentGuids: guidsOf(column(schema.parentGuid)),
    endPids: schema.endProcessId && kinds.includes(2) ? pidsOf(column(schema.endProcessId), rowCount) : null,
    grandparents: grandparentNames && {
      pids: pidsOf(column(schema.grandparentId), rowCount),
      names: { codes: grandparentNames, texts },
      times: timesOf(column(schema.grandparentTime), rowCount),
    },
  };
}

function kindsOf(column: Column | undefined, schema: ProcessSchema, rowCount: number): Uint8Array {
  const kinds = new Uint8Array(rowCount);
  if (!column || schema.eventIdIdentifier === undefined) return kinds.fill(1);
  const start = String(schema.eventIdIdentifier);
  const end = schema.endIdentifier === undefined ? undefined : String(schema.endIdentifier);
  const known = new Map<unknown, number>();
  for (let row = 0; row < rowCount; row++) {
    const value = column.values[row] ?? null;
    let kind = known.get(value);
    if (kind === undefined) {
      const text = String(value);
      kind = text === start ? 1 : text === end ? 2 : 0;
      if (known.size < 1000) known.set(value, kind);
    }
    kinds[row] = kind;
  }
  return kinds;
}

function codeTexts(column: Column | undefined, rowCount: number, known: Map<string, number>): Int32Array {
  const codes = new Int32Array(rowCount).fill(-1);
  if (!column) return codes;
  const raw = new Map<unknown, number>();
  for (let row = 0; row < rowCount; row++) {
    const value = column.values[row] ?? null;
    if (value === null || value === '') continue;
    let code = raw.get(value);
    if (code === undefined) {
      const lower = String(value).toLowerCase();
      code = known.get(lower);
      if (code === undefined) {
        code = known.size;
        known.set(lower, code);
      }
      raw.set(value, code);
    }
    codes[row] = code;
  }
  return codes;
}

/** Process ids as numbers: `0x1a4`, `420`, `420.0` are one. NaN where there is none. */
function pidsOf(column: Column | undefined, rowCount: number): Float64Array {
  const pids = new Float64Array(rowCount).fill(Number.NaN);
  if (!column) return pids;
  if (!isTextColumn(column)) {
    for (let row = 0; row < rowCount; row++) if (!column.nulls?.[row]) pids[row] = Number(column.values[row]);
    return pids;
  }
  const known = new Map<string, number>();
  const others = new Map<string, number>();
  for (let row = 0; row < rowCount; row++) {
    const text = column.values[row];
    if (!text) continue;
    let pid = known.get(text);
    if (pid === undefined) {
      pid = Number(text);
      if (Number.isNaN(pid) || pid < 0) {
        // Not a number: any other identifier serves as well, below zero so that it meets no number.
        const key = text.toLowerCase();
        pid = others.get(key) ?? -1 - others.size;
        others.set(key, pid);
      }
      known.set(text, pid);
    }
    pids[row] = pid;
  }
  return pids;
}

/** Times as ticks from BASE_TICKS; NaN where there is none. */
export function timesOf(column: Column | undefined, rowCount: number): Float64Array {
  const times = new Float64Array(rowCount).fill(Number.NaN);
  if (!column) return times;
  if (isTextColumn(column)) {
    for (let row = 0; row < rowCount; row++) {
      const text = column.values[row];
      const ticks = text ? ticksOfText(text) : null;
      if (ticks !== null) times[row] = Number(ticks - BASE_TICKS);
    }
  } else if (column.type === 'datetime') {
    const low = new Uint32Array(column.values.buffer, column.values.byteOffset, rowCount * 2);
    for (let row = 0; row < rowCount; row++) {
      if (column.nulls?.[row]) continue;
      times[row] = (low[2 * row + 1]! - BASE_HIGH) * 4_294_967_296 + (low[2 * row]! - BASE_LOW);
    }
  } else {
    // Seconds since 1970, as osquery gives them.
    const base = Number(BASE_TICKS - 621_355_968_000_000_000n);
    for (let row = 0; row < rowCount; row++) {
      if (!column.nulls?.[row]) times[row] = Number(column.values[row]) * 10_000_000 - base;
    }
  }
  return times;
}

/** ISO 8601, or what JavaScript reads as a date (`Tue Sep 1 20:52:27 2020 UTC`). */
export function ticksOfText(text: string): bigint | null {
  const ticks = ticksFromIso(text.trim());
  if (ticks !== null) return ticks;
  const ms = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : BigInt(ms) * 10_000n + 621_355_968_000_000_000n;
}

const NO_GUID = /^\{?0{8}-0{4}-0{4}-0{4}-0{12}\}?$/;

function guidsOf(column: Column | undefined): readonly (string | null)[] | null {
  if (!column || !isTextColumn(column)) return null;
  return column.values.map((value) => (value && !NO_GUID.test(value) ? value.toLowerCase() : null));
}

import { type Column, cellText, findColumn, isTextColumn, type Table, ticksFromIso } from '../../tables/index.ts';
import { makeRecentTexts } from './recent-texts.ts';
import type { ProcessSchema } from './schema.ts';

/** Ticks of 2020-01-01: times are kept as ticks from here, exact as doubles for 28 years either way. */
export const BASE_TICKS = 637_134_336_000_000_000n;
const BASE_HIGH = Number(BASE_TICKS >> 32n);
/** Process ids are below this. */
export const MAX_PID = 2 ** 33;
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

/** Numbers of the distinct texts, without regard to case. */
function codeTexts(column: Column | undefined, rowCount: number, known: Map<string, number>): Int32Array {
  const codes = new Int32Array(rowCount).fill(-1);
  if (!column) return codes;
  const texts = isTextColumn(column)
    ? column.values
    : Array.from({ length: rowCount }, (_, row) => cellText(column, row));
  const recent = makeRecentTexts<number>();
  for (let row = 0; row < rowCount; row++) {
    const text = texts[row];
    if (!text) continue;
    let code = recent.get(text);
    if (code === undefined) {
      const lower = text.toLowerCase();
      code = known.get(lower);
      if (code === undefined) {
        code = known.size;
        known.set(lower, code);
      }
      recent.set(text, code);
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
  const others = new Map<string, number>();
  for (let row = 0; row < rowCount; row++) {
    const text = column.values[row];
    if (text) pids[row] = pidOf(text, others);
  }
  return pids;
}

/** Read by hand: there are two of them in a row, and most are seen once. */
function pidOf(text: string, others: Map<string, number>): number {
  const isHex = text.charCodeAt(0) === 48 && (text.charCodeAt(1) | 32) === 120;
  const radix = isHex ? 16 : 10;
  let pid = 0;
  for (let at = isHex ? 2 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit =
      code >= 48 && code <= 57 ? code - 48 : isHex && (code | 32) >= 97 && (code | 32) <= 102 ? (code | 32) - 87 : -1;
    if (digit < 0) return pidOfOther(text, others);
    pid = pid * radix + digit;
  }
  return pid < MAX_PID ? pid : pidOfOther(text, others);
}

/** `420.0` is a number too; any other identifier serves as well, below zero so that it meets no number. */
function pidOfOther(text: string, others: Map<string, number>): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < MAX_PID) return number;
  const key = text.toLowerCase();
  const pid = others.get(key) ?? -1 - others.size;
  others.set(key, pid);
  return pid;
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

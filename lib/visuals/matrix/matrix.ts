import type { Categories } from '../columns.ts';
import { formatCount } from '../format.ts';
import { compareNatural } from '../groups.ts';
import { safeText } from '../safe-text.ts';

export type AxisOrder = 'total' | 'ascending' | 'descending' | 'first';
/** What a cell's size stands for. */
export type Measurement = 'count' | 'sum' | 'distinct';
export type SizeMode = 'linear' | 'log' | 'inverse' | 'inverse-log' | 'fixed';

export interface MatrixInput {
  readonly x: Categories;
  readonly y: Categories;
  readonly measurement: Measurement;
  /** For `sum`. NaN counts as nothing. */
  readonly values?: Float64Array;
  /** For `distinct`: codes of the counted values; -1 counts as nothing. */
  readonly distinct?: Int32Array;
}

export interface MatrixOptions {
  readonly mode: SizeMode;
  readonly maxColumns: number;
  readonly maxRows: number;
  readonly orderX: AxisOrder;
  readonly orderY: AxisOrder;
}

export interface Axis {
  /** Cleaned; the last is `N others` if `others` is above 0. */
  readonly labels: readonly string[];
  readonly totals: readonly number[];
  /** Number of values that the last place sums. */
  readonly others: number;
}

/** Cells of a matrix whose axes are cut to the largest values and an honest rest. */
export interface Matrix {
  readonly x: Axis;
  readonly y: Axis;
  readonly cells: readonly { readonly x: number; readonly y: number; readonly value: number }[];
  /** Rows of the table that have both values. */
  readonly rows: number;
  readonly distinctX: number;
  readonly distinctY: number;
  /** Largest |value| of a cell that is not in a rest. */
  readonly largest: number;
}

/**
 * MSTICPy's transforms: inverse `max / v`, log `ln v`, in that order. Here `ln (1 + v)`, so that one is more than
 * nothing; relative to the largest. A rest is drawn as at most the largest.
 */
export function sizeShare(value: number, largest: number, mode: SizeMode): number {
  const size = Math.abs(value);
  if (mode === 'fixed') return 1;
  if (!(size > 0) || !(largest > 0)) return 0;
  const at = Math.min(size, largest);
  if (mode === 'linear') return at / largest;
  if (mode === 'log') return Math.log1p(at) / Math.log1p(largest);
  const inverse = 1 / Math.max(size, Number.MIN_VALUE);
  return Math.min(1, mode === 'inverse' ? inverse : Math.log1p(largest * inverse) / Math.log1p(largest));
}

/** Sums over pairs of places. Keys are `x * height + y`. */
function aggregate(input: MatrixInput, xPlaces: Int32Array, yPlaces: Int32Array, height: number): Map<number, number> {
  const { x, y, measurement, values, distinct } = input;
  const cells = new Map<number, number>();
  const seen = new Set<number>();
  const distinctValues = distinct ? distinct.reduce((most, code) => Math.max(most, code), 0) + 1 : 1;
  for (let row = 0; row < x.codes.length; row++) {
    const xCode = x.codes[row]!;
    const yCode = y.codes[row]!;
    if (xCode < 0 || yCode < 0) continue;
    const xPlace = xPlaces[xCode]!;
    const yPlace = yPlaces[yCode]!;
    const key = xPlace * height + yPlace;
    if (measurement === 'distinct') {
      const code = distinct![row]!;
      const triple = key * distinctValues + code;
      const isNew = code >= 0 && !seen.has(triple);
      if (isNew) seen.add(triple);
      cells.set(key, (cells.get(key) ?? 0) + (isNew ? 1 : 0));
    } else {
      const value = measurement === 'count' ? 1 : values![row]! || 0;
      cells.set(key, (cells.get(key) ?? 0) + value);
    }
  }
  return cells;
}

const identity = (count: number) => Int32Array.from({ length: count }, (_, index) => index);
const zeros = (count: number) => new Int32Array(count);

/** Which values get a place of their own, and in which order. */
function placesOf(
  labels: readonly string[],
  scores: Float64Array,
  totals: ReadonlyMap<number, number>,
  max: number,
  order: AxisOrder,
): { places: Int32Array; kept: number[]; others: number } {
  const present = labels.map((_, code) => code).filter((code) => totals.has(code));
  const ranked = [...present].sort((a, b) => scores[b]! - scores[a]! || totals.get(b)! - totals.get(a)! || a - b);
  const kept = ranked.length > max ? ranked.slice(0, max - 1) : ranked;
  if (order === 'total') kept.sort((a, b) => totals.get(b)! - totals.get(a)! || a - b);
  else if (order === 'first') kept.sort((a, b) => a - b);
  else kept.sort((a, b) => compareNatural(labels[a]!, labels[b]!) * (order === 'ascending' ? 1 : -1));
  const places = new Int32Array(labels.length).fill(kept.length);
  kept.forEach((code, place) => {
    places[code] = place;
  });
  return { places, kept, others: ranked.length - kept.length };
}

/**
 * Counts, sums or counts distinct values by pair. Axes longer than their maximum keep the values that matter most in
 * the chosen size mode (rare ones, if it is inverse) and sum the rest; distinct values of a rest are united, not added.
 * Rows without an x or y are left out.
 */
export function matrixOf(input: MatrixInput, options: MatrixOptions): Matrix {
  const width = input.x.labels.length;
  const height = input.y.labels.length;
  const all = aggregate(input, identity(width), identity(height), height);
  let rows = 0;
  for (let row = 0; row < input.x.codes.length; row++) if (input.x.codes[row]! >= 0 && input.y.codes[row]! >= 0) rows++;
  const most = all.size === 0 ? 0 : [...all.values()].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const xScores = new Float64Array(width);
  const yScores = new Float64Array(height);
  const rankMode = options.mode === 'fixed' ? 'log' : options.mode;
  for (const [key, value] of all) {
    const score = sizeShare(value, most, rankMode);
    xScores[Math.floor(key / height)]! += score;
    yScores[key % height]! += score;
  }
  const xTotals = aggregate(input, identity(width), zeros(height), 1);
  const yTotals = aggregate(input, zeros(width), identity(height), height);
  const x = placesOf(input.x.labels, xScores, xTotals, options.maxColumns, options.orderX);
  const y = placesOf(input.y.labels, yScores, yTotals, options.maxRows, options.orderY);

  const placed = aggregate(input, x.places, y.places, height + 1);
  const cells = [...placed]
    .map(([key, value]) => ({ x: Math.floor(key / (height + 1)), y: key % (height + 1), value }))
    .sort((a, b) => a.y - b.y || a.x - b.x);
  const xPlaced = aggregate(input, x.places, zeros(height), 1);
  const yPlaced = aggregate(input, zeros(width), y.places, height + 1);
  const axis = (labels: readonly string[], { kept, others }: typeof x, totals: ReadonlyMap<number, number>): Axis => ({
    labels: [
      ...kept.map((code) => safeText(labels[code], 80)),
      ...(others > 0 ? [`${formatCount(others)} others`] : []),
    ],
    totals: Array.from({ length: kept.length + (others > 0 ? 1 : 0) }, (_, place) => totals.get(place) ?? 0),
    others,
  });
  const own = cells.filter(
    (cell) => !(x.others > 0 && cell.x === x.kept.length) && !(y.others > 0 && cell.y === y.kept.length),
  );
  return {
    x: axis(input.x.labels, x, xPlaced),
    y: axis(input.y.labels, y, yPlaced),
    cells,
    rows,
    distinctX: xTotals.size,
    distinctY: yTotals.size,
    largest: own.reduce((a, { value }) => Math.max(a, Math.abs(value)), 0),
  };
}

import { formatJson, type Json, parseJson } from '../../json.ts';
import { numbersOf, seriesJson } from './series.ts';
import { lineOf } from './series-fit.ts';

interface Parts {
  readonly baseline: readonly number[];
  readonly seasonal: readonly number[];
  readonly trend: readonly number[];
  readonly residual: readonly number[];
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** A quantile of sorted values, interpolated between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at - Math.floor(at));
}

/** The lag at which a series resembles itself most, if it does so by at least the threshold; else 0. */
export function periodOf(values: readonly number[], threshold: number): { period: number; score: number } {
  const average = mean(values);
  const total = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  let best = { period: 0, score: 0 };
  if (!(total > 0)) return best;
  for (let lag = 2; lag <= values.length / 2; lag++) {
    let shared = 0;
    for (let index = lag; index < values.length; index++)
      shared += (values[index]! - average) * (values[index - lag]! - average);
    const score = (shared / total) * (values.length / (values.length - lag));
    if (score > best.score + 1e-9) best = { period: lag, score: Math.min(1, score) };
  }
  return best.score >= threshold ? best : { period: 0, score: 0 };
}

function trendOf(values: readonly number[], kind: string, trained: number): number[] {
  const training = values.slice(0, trained);
  if (kind === 'none') return values.map(() => 0);
  if (kind === 'linefit') {
    const line = lineOf(training);
    return values.map((_, index) => line.interception + line.slope * index);
  }
  const average = mean(training.filter((value) => Number.isFinite(value)));
  return values.map(() => average);
}

/** Trend, then the mean of each phase of the season, then what is left. The last `testPoints` items train nothing. */
export function decompose(
  values: readonly number[],
  seasonality: number,
  kind: string,
  testPoints: number,
  threshold: number,
): Parts {
  const clean = values.map((value) => (Number.isFinite(value) ? value : 0));
  const trained = Math.max(1, clean.length - testPoints);
  const trend = trendOf(clean, kind, trained);
  const flat = clean.map((value, index) => value - trend[index]!);
  const period = seasonality < 0 ? periodOf(flat.slice(0, trained), threshold).period : Math.round(seasonality);
  const phases = Array.from({ length: period }, (_, phase) =>
    flat.slice(0, trained).filter((_value, index) => index % period === phase),
  );
  const seasonal = flat.map((_, index) => (period > 0 && trained >= 2 * period ? mean(phases[index % period]!) : 0));
  const baseline = trend.map((value, index) => value + seasonal[index]!);
  return { baseline, seasonal, trend, residual: clean.map((value, index) => value - baseline[index]!) };
}

/** Tukey's fences: how many interquantile ranges outside of them each value lies. */
function tukeyScores(values: readonly number[], lowShare: number, highShare: number): number[] {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const [low, high] = [quantile(sorted, lowShare), quantile(sorted, highShare)];
  const range = high - low;
  return values.map((value) => {
    const beyond = value > high ? value - high : value < low ? value - low : 0;
    if (beyond === 0) return 0;
    return range > 0 ? beyond / range : Math.sign(beyond) * Number.MAX_SAFE_INTEGER;
  });
}

function seasonalityOf(json: string): number {
  const value = Number(parseJson(json));
  return Number.isFinite(value) ? value : 0;
}

function series(values: readonly number[]): Json {
  return parseJson(seriesJson(values)) ?? null;
}

/** baseline, seasonal, trend, residual. */
export function decomposeColumns(
  json: string,
  seasonality: string,
  kind: string,
  testPoints: bigint,
  threshold: number,
): string | null {
  const values = numbersOf(json);
  if (!values || values.length === 0) return null;
  const parts = decompose(values, seasonalityOf(seasonality), kind, Number(testPoints), threshold);
  return formatJson([parts.baseline, parts.seasonal, parts.trend, parts.residual].map(series));
}

/** Flags (+1, -1, 0), scores, baseline. */
export function anomalies(
  json: string,
  limit: number,
  seasonality: string,
  kind: string,
  testPoints: bigint,
  method: string,
  threshold: number,
): string | null {
  const values = numbersOf(json);
  if (!values || values.length === 0) return null;
  const { residual, baseline } = decompose(values, seasonalityOf(seasonality), kind, Number(testPoints), threshold);
  const scores = method === 'tukey' ? tukeyScores(residual, 0.25, 0.75) : tukeyScores(residual, 0.1, 0.9);
  const flags = scores.map((score) => (score > limit ? 1 : score < -limit ? -1 : 0));
  return formatJson([flags, series(scores), series(baseline)]);
}

/** forecast, seasonal, trend, residual; the last `points` items are foretold. */
export function forecast(
  json: string,
  points: bigint,
  seasonality: string,
  kind: string,
  threshold: number,
): string | null {
  const values = numbersOf(json);
  if (!values || values.length === 0) return null;
  const parts = decompose(values, seasonalityOf(seasonality), kind, Number(points), threshold);
  return formatJson([parts.baseline, parts.seasonal, parts.trend, parts.residual].map(series));
}

export function outliers(json: string, _kind: string, _ignored: number, low: number, high: number): string | null {
  const values = numbersOf(json);
  return values && seriesJson(tukeyScores(values, low / 100, high / 100));
}

/** The strongest period between the bounds, with its score. */
export function periodsDetect(json: string, low: number, high: number, _count: bigint): string | null {
  const values = numbersOf(json);
  if (!values || values.length === 0) return null;
  const { period, score } = periodOf(values, 0);
  const isInside = period >= low && period <= high;
  return formatJson([series([isInside ? period : 0]), [isInside ? score : 0]]);
}

import { formatJson, type Json, parseJson } from '../../json.ts';
import { numbersOf, seriesJson } from './series.ts';

export interface Line {
  readonly rsquare: number;
  readonly slope: number;
  readonly variance: number;
  readonly residualVariance: number;
  readonly interception: number;
  readonly fitted: readonly number[];
}

/** Least squares over the finite items; x is the index. */
export function lineOf(values: readonly number[]): Line {
  const points = values.flatMap((y, x) => (Number.isFinite(y) ? [{ x, y }] : []));
  const count = points.length;
  const meanX = points.reduce((total, { x }) => total + x, 0) / count;
  const meanY = points.reduce((total, { y }) => total + y, 0) / count;
  let [xy, xx, yy] = [0, 0, 0];
  for (const { x, y } of points) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  const slope = xx === 0 ? 0 : xy / xx;
  const interception = meanY - slope * meanX;
  const residuals = points.reduce((total, { x, y }) => total + (y - interception - slope * x) ** 2, 0);
  return {
    rsquare: yy === 0 ? 1 : 1 - residuals / yy,
    slope,
    variance: yy / count,
    residualVariance: residuals / count,
    interception,
    fitted: values.map((_, x) => interception + slope * x),
  };
}

function parsed(values: readonly number[]): Json {
  return parseJson(seriesJson(values)) ?? null;
}

export function fitLine(json: string): string | null {
  const values = numbersOf(json);
  if (!values) return null;
  const line = lineOf(values);
  return formatJson([
    line.rsquare,
    line.slope,
    line.variance,
    line.residualVariance,
    line.interception,
    parsed(line.fitted),
  ]);
}

export function fitLineBag(json: string): string | null {
  const values = numbersOf(json);
  if (!values) return null;
  const { rsquare, slope, variance, residualVariance, interception, fitted } = lineOf(values);
  return formatJson({ rsquare, slope, variance, rvariance: residualVariance, interception, line_fit: parsed(fitted) });
}

interface TwoLines {
  readonly at: number;
  readonly left: Line;
  readonly right: Line;
  readonly residuals: number;
}

function twoLinesOf(values: readonly number[]): TwoLines | undefined {
  let best: TwoLines | undefined;
  for (let at = 1; at < values.length; at++) {
    const [left, right] = [lineOf(values.slice(0, at)), lineOf(values.slice(at))];
    const residuals = left.residualVariance * at + right.residualVariance * (values.length - at);
    if (!best || residuals < best.residuals) best = { at, left, right, residuals };
  }
  return best;
}

const TWO_LINES = [
  'rsquare',
  'split_idx',
  'variance',
  'rvariance',
  'line_fit',
  'right_rsquare',
  'right_slope',
  'right_interception',
  'right_variance',
  'right_rvariance',
  'left_rsquare',
  'left_slope',
  'left_interception',
  'left_variance',
  'left_rvariance',
] as const;

function twoLinesBag(json: string): { [key: string]: Json } | null {
  const values = numbersOf(json);
  const best = values && twoLinesOf(values);
  if (!values || !best) return null;
  const whole = lineOf(values);
  const side = (name: string, line: Line) => ({
    [`${name}_rsquare`]: line.rsquare,
    [`${name}_slope`]: line.slope,
    [`${name}_interception`]: line.interception,
    [`${name}_variance`]: line.variance,
    [`${name}_rvariance`]: line.residualVariance,
  });
  const residualVariance = best.residuals / values.length;
  return {
    rsquare: whole.variance === 0 ? 1 : 1 - residualVariance / whole.variance,
    split_idx: best.at,
    variance: whole.variance,
    rvariance: residualVariance,
    line_fit: parsed([...best.left.fitted, ...best.right.fitted]),
    ...side('right', best.right),
    ...side('left', best.left),
  };
}

export function fitTwoLinesBag(json: string): string | null {
  const bag = twoLinesBag(json);
  return bag && formatJson(bag);
}

export function fitTwoLines(json: string): string | null {
  const bag = twoLinesBag(json);
  return bag && formatJson(TWO_LINES.map((name) => bag[name] ?? null));
}

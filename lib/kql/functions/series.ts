import type { KqlType } from '../../tables/index.ts';
import type { ScalarFunction, TypedRun } from './define.ts';
import * as series from './udfs/series.ts';
import * as decompose from './udfs/series-decompose.ts';
import * as fit from './udfs/series-fit.ts';

export const seriesFunctions: readonly ScalarFunction[] = [
  { names: ['series_add'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.add },
  { names: ['series_subtract'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.subtract },
  { names: ['series_multiply'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.multiply },
  { names: ['series_divide'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.divide },
  { names: ['series_pow'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.pow },
  { names: ['series_abs'], args: 'dynamic', returns: 'dynamic', run: series.abs },
  { names: ['series_sign'], args: 'dynamic', returns: 'dynamic', run: series.sign },
  { names: ['series_exp'], args: 'dynamic', returns: 'dynamic', run: series.exp },
  { names: ['series_log'], args: 'dynamic', returns: 'dynamic', run: series.log },
  { names: ['series_sqrt'], args: 'dynamic', returns: 'dynamic', run: series.sqrt },
  { names: ['series_ceiling'], args: 'dynamic', returns: 'dynamic', run: series.ceiling },
  { names: ['series_floor'], args: 'dynamic', returns: 'dynamic', run: series.floor },
  { names: ['series_greater'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.greater },
  { names: ['series_greater_equals'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.greaterEquals },
  { names: ['series_less'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.less },
  { names: ['series_less_equals'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.lessEquals },
  { names: ['series_equals'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.equals },
  { names: ['series_not_equals'], args: 'dynamic, dynamic', returns: 'dynamic', run: series.notEquals },
  { names: ['series_sum'], args: 'dynamic', returns: 'real', run: series.sum },
  { names: ['series_product'], args: 'dynamic', returns: 'real', run: series.product },
  { names: ['series_magnitude'], args: 'dynamic', returns: 'real', run: series.magnitude },
  { names: ['series_dot_product'], args: 'dynamic, dynamic', returns: 'real', run: series.dotProduct },
  { names: ['series_cosine_similarity'], args: 'dynamic, dynamic', returns: 'real', run: series.cosineSimilarity },
  { names: ['series_pearson_correlation'], args: 'dynamic, dynamic', returns: 'real', run: series.pearson },
  {
    names: ['series_fill_const'],
    args: "dynamic, dynamic='0'::JSON, dynamic=NULL::JSON",
    returns: 'dynamic',
    nulls: true,
    run: series.fillConst,
  },
  {
    names: ['series_fill_forward'],
    args: 'dynamic, dynamic=NULL::JSON',
    returns: 'dynamic',
    nulls: true,
    run: series.fillForward,
  },
  {
    names: ['series_fill_backward'],
    args: 'dynamic, dynamic=NULL::JSON',
    returns: 'dynamic',
    nulls: true,
    run: series.fillBackward,
  },
  {
    names: ['series_fill_linear'],
    args: "dynamic, dynamic=NULL::JSON, bool=true, dynamic='0'::JSON",
    returns: 'dynamic',
    nulls: true,
    run: series.fillLinear,
  },
  {
    names: ['series_fir'],
    args: 'dynamic, dynamic, bool=NULL::BOOLEAN, bool=false',
    returns: 'dynamic',
    nulls: true,
    run: series.fir,
  },
  { names: ['series_iir'], args: 'dynamic, dynamic, dynamic', returns: 'dynamic', run: series.iir },
  {
    names: ['series_outliers'],
    args: "dynamic, string='tukey', real=0.0, real=10.0, real=90.0",
    returns: 'dynamic',
    run: decompose.outliers,
  },
  { names: ['series_fit_line_dynamic'], args: 'dynamic', returns: 'dynamic', run: fit.fitLineBag },
  { names: ['series_fit_2lines_dynamic'], args: 'dynamic', returns: 'dynamic', run: fit.fitTwoLinesBag },
  { names: ['series_stats_dynamic'], args: 'dynamic, bool=false', returns: 'dynamic', run: series.statsBag },
  { names: ['series_moving_avg_fl'], args: 'dynamic, long, bool=false', returns: 'dynamic', run: series.movingAverage },
];

/** A function that gives several columns at once: a JSON array with one item each. */
export interface TupleFunction {
  readonly names: readonly string[];
  readonly args: string;
  readonly returns: readonly KqlType[];
  readonly run: TypedRun;
  /** What differs from the service. */
  readonly deviation?: string;
}

const SEASONS = 'seasons and outliers are found by this program’s own reading of the documented method';

export const tupleFunctions: readonly TupleFunction[] = [
  {
    names: ['series_stats'],
    args: 'dynamic, bool=false',
    returns: ['real', 'long', 'real', 'long', 'real', 'real', 'real'],
    run: series.stats,
  },
  {
    names: ['series_fit_line'],
    args: 'dynamic',
    returns: ['real', 'real', 'real', 'real', 'real', 'dynamic'],
    run: fit.fitLine,
  },
  {
    names: ['series_fit_2lines'],
    args: 'dynamic',
    returns: [
      'real',
      'long',
      'real',
      'real',
      'dynamic',
      'real',
      'real',
      'real',
      'real',
      'dynamic',
      'real',
      'real',
      'dynamic',
    ],
    run: fit.fitTwoLines,
  },
  {
    names: ['series_decompose'],
    args: "dynamic, dynamic='-1'::JSON, string='avg', long=0::BIGINT, real=0.6",
    returns: ['dynamic', 'dynamic', 'dynamic', 'dynamic'],
    run: decompose.decomposeColumns,
    deviation: SEASONS,
  },
  {
    names: ['series_decompose_anomalies'],
    args: "dynamic, real=1.5, dynamic='-1'::JSON, string='avg', long=0::BIGINT, string='ctukey', real=0.6",
    returns: ['dynamic', 'dynamic', 'dynamic'],
    run: decompose.anomalies,
    deviation: SEASONS,
  },
  {
    names: ['series_decompose_forecast'],
    args: "dynamic, long, dynamic='-1'::JSON, string='linefit', real=0.6",
    returns: ['dynamic', 'dynamic', 'dynamic', 'dynamic'],
    run: decompose.forecast,
    deviation: SEASONS,
  },
  {
    names: ['series_periods_detect'],
    args: 'dynamic, real, real, long',
    returns: ['dynamic', 'dynamic'],
    run: decompose.periodsDetect,
    deviation: SEASONS,
  },
];

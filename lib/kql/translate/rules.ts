import { arithmeticRules } from './expressions/arithmetic.ts';
import { callRules } from './expressions/calls.ts';
import { comparisonRules } from './expressions/comparison.ts';
import { literalRules } from './expressions/literals.ts';
import { logicRules } from './expressions/logic.ts';
import { membershipRules } from './expressions/membership.ts';
import { nameRules } from './expressions/names.ts';
import { stringRules } from './expressions/strings.ts';
import { columnRules } from './operators/columns.ts';
import { evaluateRules } from './operators/evaluate.ts';
import { joinRules } from './operators/join.ts';
import { makeSeriesRules } from './operators/make-series.ts';
import { mvRules } from './operators/mv.ts';
import { parseRules } from './operators/parse.ts';
import { rowRules } from './operators/rows.ts';
import { scanRules } from './operators/scan.ts';
import { sourceRules } from './operators/sources.ts';
import { summarize } from './operators/summarize.ts';
import { topNestedRules } from './operators/top-nested.ts';
import { unionSources } from './operators/union.ts';
import type { Rules } from './translation.ts';

/** The parser's node kinds and what does them: everything else is refused by name. */
export const rules: Rules = {
  sources: { ...sourceRules, ...unionSources },
  operators: {
    ...columnRules,
    ...rowRules,
    SummarizeOperator: summarize,
    ...joinRules,
    ...mvRules,
    ...parseRules,
    ...makeSeriesRules,
    ...evaluateRules,
    ...topNestedRules,
    ...scanRules,
  },
  expressions: {
    ...literalRules,
    ...logicRules,
    ...comparisonRules,
    ...arithmeticRules,
    ...stringRules,
    ...membershipRules,
    ...nameRules,
    ...callRules,
  },
};

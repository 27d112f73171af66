import type { Condition } from './condition.ts';
import type { ValueTest } from './value-test.ts';

export const SIGMA_LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type SigmaLevel = (typeof SIGMA_LEVELS)[number];

/** What is wrong with a rule, and where: 1-based line and column. */
export interface RuleIssue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface Logsource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
}

/** `Field|modifiers: values`, or text to be sought in all columns where `field` is null. */
export interface FieldItem {
  readonly field: string | null;
  readonly test: ValueTest;
}

export type Search =
  | { readonly kind: 'item'; readonly item: FieldItem }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Search[] };

interface RuleHeader {
  readonly file: string;
  readonly id: string;
  /** Sigma's `name`, by which correlations refer to a rule. */
  readonly name: string | null;
  readonly title: string;
  readonly description: string;
  readonly level: SigmaLevel;
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
}

export interface DetectionRule extends RuleHeader {
  readonly kind: 'detection';
  readonly logsource: Logsource;
  readonly searches: ReadonlyMap<string, Search>;
  readonly condition: Condition;
}

export type CorrelationType = 'event_count' | 'value_count' | 'temporal';

/** Matches of other rules that come together: so many, so many different values, or all kinds of them, within a time. */
export interface CorrelationRule extends RuleHeader {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Ids or names of the rules whose matches count. They report no findings of their own unless `generate` is set. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanInMs: number;
  /** The field whose values are counted, for `value_count`. */
  readonly field: string | null;
  readonly atLeast: number;
  readonly generate: boolean;
}

export type SigmaRule = DetectionRule | CorrelationRule;

/** ATT&CK technique ids among a rule's tags: `attack.t1059.001` is T1059.001. */
export function techniquesOf(tags: readonly string[]): string[] {
  const ids = tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []);
  return [...new Set(ids)].sort();
}

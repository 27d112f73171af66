import type { VerdictName } from '../answer.ts';
import type { ObservableType } from '../observable.ts';

/** One entry of an indicator file. */
export interface Indicator {
  readonly type: ObservableType;
  /** Normalised; for addresses also a network (`192.0.2.0/24`). */
  readonly value: string;
  readonly verdict: VerdictName;
  readonly score: number;
  readonly description: string;
  /** The file, and where in it. */
  readonly source: string;
  /** Milliseconds since 1970; null: it does not expire. */
  readonly validUntilInMs: number | null;
}

/** What reading a file gave, with what is wrong with it. */
export interface IndicatorFile {
  readonly indicators: readonly Indicator[];
  readonly problems: readonly string[];
}

/** The score that a verdict stands for where the file gives none. */
export const DEFAULT_SCORES: Readonly<Record<VerdictName, number>> = {
  malicious: 90,
  suspicious: 60,
  benign: 10,
  unknown: 0,
};

const VERDICT_WORDS: readonly (readonly [RegExp, VerdictName])[] = [
  [/^(malicious|high|critical|bad|block|blocked|2|c2|malware|phishing)/i, 'malicious'],
  [/^(suspicious|medium|warning|alert|anomalous|1)/i, 'suspicious'],
  [/^(benign|good|clean|allow|allowed|harmless|information|informational|low|0)/i, 'benign'],
  [/^(unknown|neutral|-1)/i, 'unknown'],
];

/** The verdict that a word of an indicator file means; null if it means none. */
export function verdictOfWord(word: string): VerdictName | null {
  return VERDICT_WORDS.find(([pattern]) => pattern.test(word.trim()))?.[1] ?? null;
}

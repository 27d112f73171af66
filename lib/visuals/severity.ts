import type { Theme } from './theme.ts';

/** Words of severities and verdicts, the worst highest. */
const RANKS: Readonly<Record<string, number>> = {
  critical: 5,
  high: 4,
  malicious: 4,
  medium: 3,
  warning: 3,
  suspicious: 3,
  low: 2,
  informational: 1,
  information: 1,
  benign: 1,
};

/** How bad a word is, 1 to 5; 0 for words that are no severity or verdict. */
export function severityRank(word: string): number {
  const lower = word.toLowerCase();
  return Object.hasOwn(RANKS, lower) ? RANKS[lower]! : 0;
}

/** The colour of each label, if all of them are severities or verdicts. */
export function severityColours(theme: Theme, labels: readonly string[]): string[] | undefined {
  const colours = [theme.bar, theme.bar, theme.accent, theme.warn, theme.alert, theme.alert];
  const ranks = labels.map(severityRank);
  return labels.length > 0 && ranks.every((rank) => rank > 0) ? ranks.map((rank) => colours[rank]!) : undefined;
}

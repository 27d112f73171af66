import { type Finding, SEVERITIES, type Verdict } from '../outcome.ts';
import type { RankedFinding } from './input.ts';

/** The order in which an analyst should read: by score, then by time of the first evidence; never by chance. */
export function rankFindings(findings: readonly Finding[]): { ranked: RankedFinding[]; suppressed: Finding[] } {
  const ordered = [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()].sort(compareFindings);
  return {
    ranked: ordered
      .filter((finding) => !finding.suppressedBy)
      .map((finding, index) => ({ rank: index + 1, ...finding })),
    suppressed: ordered.filter((finding) => finding.suppressedBy),
  };
}

/** Two steps that say the same of the same rows are one finding. */
function keyOf({ title, evidence, suppressedBy }: Finding): string {
  return JSON.stringify([title, suppressedBy ?? null, evidence.map(({ table, row }) => [table, row])]);
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    b.score - a.score ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    compareText(a.evidence[0]?.time ?? '~', b.evidence[0]?.time ?? '~') ||
    compareText(a.title, b.title) ||
    compareText(keyOf(a), keyOf(b))
  );
}

const VERDICT_ORDER: readonly Verdict['verdict'][] = ['malicious', 'suspicious', 'unknown', 'benign'];

/** One verdict for each value: the worst of its verdicts, with the sources of all; the worst first. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict[] {
  const byValue = new Map<string, Verdict>();
  for (const verdict of verdicts) {
    const key = `${verdict.type}\n${verdict.value}`;
    const other = byValue.get(key);
    byValue.set(key, other ? mergeTwo(other, verdict) : verdict);
  }
  return [...byValue.values()].sort(
    (a, b) =>
      VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) ||
      b.score - a.score ||
      compareText(a.type, b.type) ||
      compareText(a.value, b.value),
  );
}

function mergeTwo(a: Verdict, b: Verdict): Verdict {
  const worse = VERDICT_ORDER.indexOf(b.verdict) < VERDICT_ORDER.indexOf(a.verdict) ? b : a;
  const sources = new Map([...a.sources, ...b.sources].map((source) => [source.provider, source]));
  return { ...worse, score: Math.max(a.score, b.score), sources: [...sources.values()] };
}

/** By code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

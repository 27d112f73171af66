/** What investigations conclude: the shapes of the document in `docs/contracts.md`. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Evidence {
  /** Name of the table in the document (see `TableSource.name`). */
  readonly table: string;
  /** 0-based position in the stored table. */
  readonly row: number;
  /** ISO 8601 with seven digits and Z, or null where the row has no time. */
  readonly time: string | null;
  /** The evidence itself: the command line, the target object… At most 1,000 characters. */
  readonly excerpt: string;
}

/** A scored, explained observation. `rank` is given by the report, over all steps. */
export interface Finding {
  /** 0 to 100. */
  readonly score: number;
  readonly severity: Severity;
  readonly title: string;
  /** In words: why this is notable. */
  readonly reason: string;
  /** MITRE ATT&CK ids, as `T1059.001`. */
  readonly techniques: readonly string[];
  readonly entities: readonly { readonly kind: string; readonly id: string }[];
  readonly evidence: readonly Evidence[];
  /** The allow-list entry that suppressed it: then it is counted and listed apart, not ranked. */
  readonly suppressedBy?: string;
}

export interface Verdict {
  /** ipv4, dns, url, sha256_hash… as `extract.iocs` names them. */
  readonly type: string;
  readonly value: string;
  readonly verdict: 'malicious' | 'suspicious' | 'benign' | 'unknown';
  /** 0 to 100. */
  readonly score: number;
  readonly sources: readonly {
    readonly provider: string;
    readonly verdict: string;
    readonly detail: string;
    readonly ageInMs?: number;
  }[];
}

export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** The severity that a score stands for. */
export function severityOf(score: number): Severity {
  if (score >= 90) return 'critical';
  if (score >= 70) return 'high';
  if (score >= 40) return 'medium';
  return score >= 20 ? 'low' : 'informational';
}

const EXCERPT_CHARACTERS = 1000;

/** Text cut for an excerpt, with the number of characters that were cut. */
export function excerptOf(text: string): string {
  if (text.length <= EXCERPT_CHARACTERS) return text;
  const note = `… (${text.length} characters)`;
  return text.slice(0, EXCERPT_CHARACTERS - note.length) + note;
}

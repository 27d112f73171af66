import type { Verdict } from '../outcome.ts';

export type VerdictName = Verdict['verdict'];

/**
 * How a look-up went. `found` and `not-found` are answers; the rest say why there is none. Only answers are remembered.
 */
export type LookupStatus =
  | 'found'
  | 'not-found'
  | 'not-sent'
  | 'not-supported'
  | 'quota'
  | 'unavailable'
  | 'unauthorized'
  | 'failed';

/** What one source says of one observable. */
export interface Answer {
  readonly status: LookupStatus;
  readonly verdict: VerdictName;
  /** 0 to 100. */
  readonly score: number;
  /** In words, at most 500 characters. */
  readonly detail: string;
  /** Where a person can read on. */
  readonly reference: string;
  /** How long ago the source was asked; absent: just now, or it is a file. */
  readonly ageInMs?: number;
}

const DETAIL_CHARACTERS = 500;

/** An answer that says nothing, with the reason. */
export function noAnswer(status: LookupStatus, detail: string): Answer {
  return { status, verdict: 'unknown', score: 0, detail: detail.slice(0, DETAIL_CHARACTERS), reference: '' };
}

/** An answer with a verdict. */
export function foundAnswer(verdict: VerdictName, score: number, detail: string, reference = ''): Answer {
  const bounded = Math.max(0, Math.min(100, Math.round(score)));
  return { status: 'found', verdict, score: bounded, detail: detail.slice(0, DETAIL_CHARACTERS), reference };
}

/** MSTICPy's severity of an answer. */
export function severityNameOf({ status, verdict }: Answer): 'high' | 'warning' | 'information' | 'unknown' {
  if (status === 'not-found') return 'information';
  if (status !== 'found') return 'unknown';
  return verdict === 'malicious' ? 'high' : verdict === 'suspicious' ? 'warning' : 'information';
}

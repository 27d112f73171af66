import type { Verdict } from '../outcome.ts';
import type { Answer } from './answer.ts';
import type { Observable } from './observable.ts';

/**
 * One verdict of all answers: the worst that any source says; benign only where a source says so and none says
 * otherwise; unknown where none knows it. The score is the highest among the sources that agree with the verdict.
 */
export function combineAnswers(
  { type, value }: Observable,
  answers: readonly { readonly provider: string; readonly answer: Answer }[],
): Verdict {
  const found = answers.filter(({ answer }) => answer.status === 'found');
  const verdict =
    (['malicious', 'suspicious', 'benign'] as const).find((name) =>
      found.some(({ answer }) => answer.verdict === name),
    ) ?? 'unknown';
  const scores = found.filter(({ answer }) => answer.verdict === verdict).map(({ answer }) => answer.score);
  return {
    type,
    value,
    verdict,
    score: Math.max(0, ...scores),
    sources: answers.map(({ provider, answer }) => ({
      provider,
      verdict: answer.status === 'found' ? answer.verdict : answer.status,
      detail: answer.detail,
      ...(answer.ageInMs === undefined ? {} : { ageInMs: answer.ageInMs }),
    })),
  };
}

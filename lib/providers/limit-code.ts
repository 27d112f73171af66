import type { Warning } from '../outcome.ts';

/** What services of Kusto's kind say of the limit that cut an answer. */
const LIMITS: readonly (readonly [code: string, text: RegExp])[] = [
  ['row-limit', /record count limit|set limit of \d+ records|query_take_max_records|truncationmaxrecords/i],
  ['size-limit', /E_QUERY_RESULT_SET_TOO_LARGE|80DA0003|data size limit|set limit of \d+ bytes|truncationmaxsize/i],
  ['time-limit', /E_QUERY_TIMEOUT|80DA000B|query (?:execution )?(?:has )?timed out|allowed (?:query )?time/i],
];

/**
 * The warning for a service that says why its answer is a part: under the code of the limit that was met, if it names
 * one, so that the query can be asked again in parts.
 */
export function partWarning(service: string, said: { readonly code: string; readonly message: string }): Warning {
  const reason = [said.code, said.message].filter((text) => text !== '').join(': ');
  const code = LIMITS.find(([, text]) => text.test(reason))?.[0] ?? 'partial-result';
  return { code, message: `${service} gave a part only: ${reason || 'no reason was given'}` };
}

/** Says that a query has further results: of several, the first is taken. */
export function furtherResults(service: string, count: number): Warning[] {
  if (count < 2) return [];
  return [{ code: 'partial-result', message: `${service} gave ${count} results: only the first is taken` }];
}

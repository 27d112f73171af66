import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import { furtherResults, partWarning } from '../limit-code.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { kqlTypeOfWire } from '../wire-table.ts';
import { answerOfLists, type WireAnswer } from './wire-answer.ts';

/** The service's own limits (per query). */
export const LOG_ANALYTICS_LIMITS = { rows: 500_000, sizeInBytes: 100_000_000 } as const;

/**
 * Tables, of which the first is the result; an error beside it means that rows are missing.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/api/response-format
 */
export function readLogAnalytics(body: unknown): WireAnswer {
  const { tables, error } = asObject(body);
  const said = error ? { code: asText(asObject(error)['code']), message: messageOf(asObject(error)) } : undefined;
  if (asArray(tables).length === 0) {
    throw new TrailhoundError('remote', `Log Analytics gave no table${said ? `: ${said.code}: ${said.message}` : ''}`);
  }
  const first = asObject(asArray(tables)[0]);
  const schema = asArray(first['columns']).map((column) => ({
    name: asText(asObject(column)['name']),
    type: kqlTypeOfWire(asText(asObject(column)['type'])),
  }));
  return answerOfLists(schema, first['rows'], (rowCount) => {
    const warnings: Warning[] = [];
    if (said) {
      warnings.push(partWarning('Log Analytics', said));
    } else if (rowCount >= LOG_ANALYTICS_LIMITS.rows) {
      warnings.push({
        code: 'row-limit',
        message: `Log Analytics gives no more than ${LOG_ANALYTICS_LIMITS.rows} rows`,
      });
    }
    warnings.push(...furtherResults('Log Analytics', asArray(tables).length));
    return { warnings };
  });
}

const DEEPEST = 6;

/** The message with those of its details and inner errors, where Log Analytics says which limit was met. */
function messageOf(error: Record<string, unknown>): string {
  const parts: string[] = [asText(error['message'])];
  const add = (inner: Record<string, unknown>, depth: number): void => {
    if (depth > DEEPEST) return;
    for (const next of [inner['innererror'], ...asArray(inner['details'])].map(asObject)) {
      parts.push(asText(next['code']), asText(next['message']));
      add(next, depth + 1);
    }
  };
  add(error, 1);
  return [...new Set(parts.filter((part) => part !== ''))].join(': ').slice(0, 1000);
}

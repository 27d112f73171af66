import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
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
  const said = error ? `${asText(asObject(error)['code'])}: ${messageOf(asObject(error))}` : undefined;
  if (asArray(tables).length === 0) {
    throw new TrailhoundError('remote', `Log Analytics gave no table${said === undefined ? '' : `: ${said}`}`);
  }
  const first = asObject(asArray(tables)[0]);
  const schema = asArray(first['columns']).map((column) => ({
    name: asText(asObject(column)['name']),
    type: kqlTypeOfWire(asText(asObject(column)['type'])),
  }));
  return answerOfLists(schema, first['rows'], (rowCount) => {
    const warnings: Warning[] = [];
    if (said !== undefined) {
      warnings.push({ code: 'partial-result', message: `Log Analytics gave a part only: ${said}` });
    } else if (rowCount >= LOG_ANALYTICS_LIMITS.rows) {
      warnings.push({
        code: 'row-limit',
        message: `Log Analytics gives no more than ${LOG_ANALYTICS_LIMITS.rows} rows`,
      });
    }
    return { warnings };
  });
}

/** The message with those of its details, where Log Analytics says which limit was met. */
function messageOf(error: Record<string, unknown>): string {
  const parts = [asText(error['message'])];
  for (const detail of asArray(error['details'])) parts.push(asText(asObject(detail)['message']));
  for (let inner = error['innererror']; inner !== undefined; inner = asObject(inner)['innererror']) {
    parts.push(asText(asObject(inner)['code']), asText(asObject(inner)['message']));
  }
  return [...new Set(parts.filter((part) => part !== ''))].join(': ').slice(0, 1000);
}

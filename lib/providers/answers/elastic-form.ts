import type { Warning } from '../../outcome.ts';
import type { KqlType } from '../../tables/index.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { kqlTypeOfWire } from '../wire-table.ts';
import type { Batches } from './answer-form.ts';
import { type AnswerRest, answerOfLists, type WireAnswer } from './wire-answer.ts';

/**
 * The answer of a query, or of one that still runs: that has no rows yet.
 * Sources: elastic.co/docs/api/doc/elasticsearch/operation/operation-esql-query and …/operation-esql-async-query-get
 */
export function readElastic(body: unknown, batches: Batches): WireAnswer {
  const answer = asObject(body);
  const id = asText(answer['id']);
  const isRunning = id !== '' && answer['is_running'] === true;
  const job = id === '' ? {} : { job: { id, isRunning } };
  if (isRunning) return answerOfLists([], undefined, () => ({ warnings: [], ...job }));
  const columns = asArray(answer['columns']).map((column) => {
    const { name, type } = asObject(column);
    return { name: asText(name), type: asText(type) };
  });
  const lists = columnsWithLists(batches(answer['values']));
  const schema = columns.map(({ name, type }, at) => ({ name, type: lists.has(at) ? 'dynamic' : typeOf(type) }));
  const unreadable = columns.filter(({ type }) => type === 'unsupported').map(({ name }) => name);
  const warnings: Warning[] = [];
  if (answer['is_partial'] === true)
    warnings.push({ code: 'partial-result', message: 'some shards of Elastic did not answer' });
  if (unreadable.length > 0)
    warnings.push({
      code: 'unreadable-column',
      message: `Elastic cannot give the values of ${unreadable.join(', ')}`,
    });
  const rest: AnswerRest = { warnings, ...job };
  return answerOfLists(schema, answer['values'], () => rest);
}

/** Fields have several values in some rows: then all are lists. */
function columnsWithLists(batches: Iterable<readonly unknown[]>): ReadonlySet<number> {
  const found = new Set<number>();
  for (const rows of batches) {
    for (const row of rows) {
      for (const [at, value] of asArray(row).entries()) if (Array.isArray(value)) found.add(at);
    }
  }
  return found;
}

/** Unsigned longs go beyond KQL's long. */
function typeOf(type: string): KqlType {
  return type === 'unsigned_long' ? 'decimal' : kqlTypeOfWire(type);
}

import type { KqlType } from '../../tables/index.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { kqlTypeOfWire } from '../wire-table.ts';
import { answerOfLists, NO_REST, type WireAnswer } from './wire-answer.ts';

/** Source: elastic.co/docs/api/doc/elasticsearch/operation/operation-esql-query */
export function readElastic(body: unknown): WireAnswer {
  const { columns, values, is_partial: isPartial } = asObject(body);
  const schema = asArray(columns).map((column) => {
    const { name, type } = asObject(column);
    return { name: asText(name), type: typeOf(type) };
  });
  const rest =
    isPartial === true
      ? { warnings: [{ code: 'partial-result', message: 'some shards of Elastic did not answer' }] }
      : NO_REST;
  return answerOfLists(schema, values, () => rest);
}

/** Unsigned longs go beyond KQL's long. */
function typeOf(type: unknown): KqlType {
  return type === 'unsigned_long' ? 'decimal' : kqlTypeOfWire(asText(type));
}

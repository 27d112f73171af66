import type { KqlType, TableSchema } from '../../tables/index.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { ticksOfWireDatetime } from '../wire-datetime.ts';
import type { Batches } from './answer-form.ts';
import { answerOfObjects, NO_REST, type WireAnswer } from './wire-answer.ts';

/**
 * A page of a search's results: rows are objects. Fields are text, with several values a list; `_time` is a datetime
 * unless the search made something else of it.
 *
 * @param known the fields that pages before had: a type that was wider there stays
 * Source: docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch
 */
export function readSplunk(body: unknown, known: TableSchema, batches: Batches): WireAnswer {
  const { fields, results } = asObject(body);
  const types = new Map<string, KqlType>(known.map(({ name, type }) => [name, type]));
  for (const field of asArray(fields)) {
    const name = asText(asObject(field)['name']);
    if (name !== '' && !types.has(name)) types.set(name, name === '_time' ? 'datetime' : 'string');
  }
  for (const rows of batches(results)) {
    for (const row of rows) {
      for (const [name, value] of Object.entries(asObject(row))) {
        const type = types.get(name);
        if (type === undefined) continue;
        if (Array.isArray(value)) types.set(name, 'dynamic');
        else if (type === 'datetime' && typeof value === 'string' && ticksOfWireDatetime(value) === null)
          types.set(name, 'string');
      }
    }
  }
  const schema = [...types].map(([name, type]) => ({ name, type }));
  return answerOfObjects(schema, results, () => ({ ...NO_REST, fields: schema }));
}

import { asArray, asObject, asText } from '../wire-access.ts';
import { answerOfObjects, NO_REST, type WireAnswer } from './wire-answer.ts';

/**
 * A page of a search's results: rows are objects, all of text.
 *
 * @param known the fields that pages before had
 * Source: docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch
 */
export function readSplunk(body: unknown, known: readonly string[]): WireAnswer {
  const { fields, results } = asObject(body);
  const named = asArray(fields).map((field) => asText(asObject(field)['name']));
  const names = [...new Set([...known, ...named])].filter((name) => name !== '');
  const schema = names.map((name) => ({ name, type: name === '_time' ? ('datetime' as const) : ('string' as const) }));
  return answerOfObjects(schema, results, () => ({ ...NO_REST, fields: names }));
}

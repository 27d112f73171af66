import { asArray, asObject, asText } from '../wire-access.ts';
import { kqlTypeOfWire } from '../wire-table.ts';
import { answerOfObjects, NO_REST, type WireAnswer } from './wire-answer.ts';

/**
 * Advanced hunting: rows are objects, and what is null may be left out.
 * Source: learn.microsoft.com/graph/api/security-security-runhuntingquery
 */
export function readHunting(body: unknown): WireAnswer {
  const answer = asObject(body);
  const schema = asArray(answer['schema'] ?? answer['Schema']).map((column) => {
    const { name, Name, type, Type } = asObject(column);
    return { name: asText(name ?? Name), type: kqlTypeOfWire(asText(type ?? Type)) };
  });
  return answerOfObjects(schema, answer['results'] ?? answer['Results'], () => NO_REST);
}

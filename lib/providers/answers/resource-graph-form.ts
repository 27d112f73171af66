import { asArray, asObject, asText } from '../wire-access.ts';
import { kqlTypeOfWire } from '../wire-table.ts';
import { answerOfLists, type WireAnswer } from './wire-answer.ts';

/** One page. Source: learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources */
export function readResourceGraph(body: unknown): WireAnswer {
  const { data, $skipToken: token, totalRecords, resultTruncated } = asObject(body);
  const schema = asArray(asObject(data)['columns']).map((column) => {
    const { name, type } = asObject(column);
    return { name: asText(name), type: type === 'integer' ? ('long' as const) : kqlTypeOfWire(asText(type)) };
  });
  const next = asText(token);
  const totalRows = Number(totalRecords ?? Number.NaN);
  const rest = {
    warnings: [],
    isTruncated: asText(resultTruncated) === 'true',
    ...(next === '' ? {} : { next }),
    ...(Number.isNaN(totalRows) ? {} : { totalRows }),
  };
  return answerOfLists(schema, asObject(data)['rows'], () => rest);
}

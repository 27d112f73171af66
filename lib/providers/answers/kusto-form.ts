import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { columnsOfLists, kqlTypeOfWire } from '../wire-table.ts';
import type { AnswerRest, WireAnswer } from './wire-answer.ts';

/** A service may name an error for each of its shards, or rows. */
const MOST_ERRORS = 20;

/**
 * The answer of Kusto's `/v2/rest/query`: a list of frames, of which one is the primary result, and the last says
 * whether it is complete. An error may also stand among the rows, where the service met it.
 * Source: learn.microsoft.com/kusto/api/rest/response-http-v2
 */
export function readKusto(body: unknown, service: string): WireAnswer {
  const frames = asArray(body).map(asObject);
  const primary = frames.find((frame) => frame['FrameType'] === 'DataTable' && frame['TableKind'] === 'PrimaryResult');
  const completion = frames.find((frame) => frame['FrameType'] === 'DataSetCompletion');
  const said = new Set(asArray(completion?.['OneApiErrors']).map(describe));
  if (!primary) throw new TrailhoundError('remote', partOnly(service, said)[0]?.message ?? `${service} gave no table`);
  const schema = asArray(primary['Columns']).map((column) => ({
    name: asText(asObject(column)['ColumnName']),
    type: kqlTypeOfWire(asText(asObject(column)['ColumnType'])),
  }));
  return {
    list: primary['Rows'],
    columnCount: schema.length,
    batch(elements) {
      const rows = elements.filter((element) => Array.isArray(element));
      if (rows.length < elements.length) {
        for (const element of elements)
          for (const error of asArray(asObject(element)['OneApiErrors'])) said.add(describe(error));
      }
      return { rowCount: rows.length, columns: columnsOfLists(schema, rows) };
    },
    rest: () => restOf(completion, service, said),
  };
}

function restOf(
  completion: Record<string, unknown> | undefined,
  service: string,
  said: ReadonlySet<string>,
): AnswerRest {
  const warnings = partOnly(service, said);
  if (!completion)
    warnings.push({ code: 'partial-result', message: `${service} ended its answer before it was complete` });
  else if (completion['HasErrors'] === true && said.size === 0) {
    warnings.push({ code: 'partial-result', message: `${service} says that its answer has errors` });
  } else if (completion['Cancelled'] === true) {
    warnings.push({ code: 'partial-result', message: `${service} cancelled the query` });
  }
  return { warnings };
}

/** A warning for each error, the first of them if they are many. */
function partOnly(service: string, said: ReadonlySet<string>): Warning[] {
  const warnings = [...said].slice(0, MOST_ERRORS).map((message) => `gave a part only: ${message}`);
  if (said.size > MOST_ERRORS) warnings.push(`gave a part only: ${said.size - MOST_ERRORS} more errors`);
  return warnings.map((message) => ({ code: 'partial-result', message: `${service} ${message}` }));
}

function describe(error: unknown): string {
  const inner = asObject(asObject(error)['error']);
  const message = (asText(inner['@message']) || asText(inner['message'])).slice(0, 500);
  return `${asText(inner['code'])}: ${message}`;
}

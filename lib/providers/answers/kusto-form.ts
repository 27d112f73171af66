import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import { furtherResults, partWarning } from '../limit-code.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { columnsOfLists, kqlTypeOfWire } from '../wire-table.ts';
import type { WireAnswer } from './wire-answer.ts';

/** A service may name an error for each of its shards, or rows. */
const MOST_ERRORS = 20;

/** What an error says of itself. */
interface Said {
  readonly code: string;
  readonly message: string;
}

/**
 * The answer of Kusto's `/v2/rest/query`: a list of frames, of which one is the primary result, and the last says
 * whether it is complete. An error may also stand among the rows, where the service met it.
 * Source: learn.microsoft.com/kusto/api/rest/response-v2
 */
export function readKusto(body: unknown, service: string): WireAnswer {
  const frames = asArray(body).map(asObject);
  const results = frames.filter(
    (frame) => frame['FrameType'] === 'DataTable' && frame['TableKind'] === 'PrimaryResult',
  );
  const primary = results[0];
  const completion = frames.find((frame) => frame['FrameType'] === 'DataSetCompletion');
  // Of errors that say the same, one.
  const said = new Map<string, Said>();
  const add = (error: unknown) => {
    const described = describe(error);
    said.set(`${described.code}: ${described.message}`, described);
  };
  for (const error of asArray(completion?.['OneApiErrors'])) add(error);
  // A refusal may come after the status of an answer was sent.
  if (asObject(body)['error'] !== undefined) add(body);
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
        for (const element of elements) for (const error of asArray(asObject(element)['OneApiErrors'])) add(error);
      }
      return { rowCount: rows.length, columns: columnsOfLists(schema, rows) };
    },
    rest: () => ({ warnings: [...endOf(completion, service, said), ...furtherResults(service, results.length)] }),
  };
}

function endOf(
  completion: Record<string, unknown> | undefined,
  service: string,
  said: ReadonlyMap<string, Said>,
): Warning[] {
  const warnings = partOnly(service, said);
  if (!completion)
    warnings.push({ code: 'partial-result', message: `${service} ended its answer before it was complete` });
  else if (completion['HasErrors'] === true && said.size === 0) {
    warnings.push({ code: 'partial-result', message: `${service} says that its answer has errors` });
  } else if (completion['Cancelled'] === true) {
    warnings.push({ code: 'partial-result', message: `${service} cancelled the query` });
  }
  return warnings;
}

/** A warning for each error, the first of them if they are many. */
function partOnly(service: string, said: ReadonlyMap<string, Said>): Warning[] {
  const warnings = [...said.values()].slice(0, MOST_ERRORS).map((each) => partWarning(service, each));
  if (said.size > MOST_ERRORS) {
    const message = `${service} gave a part only: ${said.size - MOST_ERRORS} more errors`;
    warnings.push({ code: 'partial-result', message });
  }
  return warnings;
}

function describe(error: unknown): Said {
  const inner = asObject(asObject(error)['error']);
  return {
    code: asText(inner['code']),
    message: (asText(inner['@message']) || asText(inner['message'])).slice(0, 500),
  };
}

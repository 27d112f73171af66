import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import type { TableSchema } from '../tables/index.ts';
import type { Answer } from './kql-provider.ts';
import { furtherResults, partWarning } from './limit-code.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { kqlTypeOfWire, tableFromWire } from './wire-table.ts';

/**
 * Reads the answer of Kusto's `/v2/rest/query`: a list of frames, of which one is the primary result, and the last says
 * whether it is complete. An error may also stand among the rows, where the service met it.
 * Source: learn.microsoft.com/kusto/api/rest/response-v2
 */
export function readKustoFrames(body: unknown, service: string): Answer {
  const frames = asArray(body).map(asObject);
  const results = frames.filter(
    (frame) => frame['FrameType'] === 'DataTable' && frame['TableKind'] === 'PrimaryResult',
  );
  const primary = results[0];
  const completion = frames.find((frame) => frame['FrameType'] === 'DataSetCompletion');
  const rows: unknown[][] = [];
  const errors: unknown[] = [...asArray(completion?.['OneApiErrors'])];
  if (asObject(body)['error'] !== undefined) errors.push(body);
  for (const row of asArray(primary?.['Rows'])) {
    if (Array.isArray(row)) rows.push(row);
    else errors.push(...asArray(asObject(row)['OneApiErrors']));
  }
  const warnings = errors.map((error): Warning => partWarning(service, describe(error)));
  if (!primary) {
    throw new TrailhoundError('remote', warnings[0]?.message ?? `${service} gave no table`);
  }
  if (!completion)
    warnings.push({ code: 'partial-result', message: `${service} ended its answer before it was complete` });
  else if (completion['HasErrors'] === true && errors.length === 0) {
    warnings.push({ code: 'partial-result', message: `${service} says that its answer has errors` });
  } else if (completion['Cancelled'] === true) {
    warnings.push({ code: 'partial-result', message: `${service} cancelled the query` });
  }
  const schema: TableSchema = asArray(primary['Columns']).map((column) => ({
    name: asText(asObject(column)['ColumnName']),
    type: kqlTypeOfWire(asText(asObject(column)['ColumnType'])),
  }));
  warnings.push(...furtherResults(service, results.length));
  return { table: tableFromWire(schema, rows), warnings: distinctByMessage(warnings) };
}

function describe(error: unknown): { code: string; message: string } {
  const inner = asObject(asObject(error)['error']);
  return {
    code: asText(inner['code']),
    message: (asText(inner['@message']) || asText(inner['message'])).slice(0, 500),
  };
}

function distinctByMessage(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [warning.message, warning])).values()];
}

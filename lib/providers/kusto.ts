import type { HttpClient } from '../azure/http-client.ts';
import { isLoopback } from '../azure/loopback-transport.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { encodeName } from '../kql/encode.ts';
import type { Warning } from '../outcome.ts';
import { type ColumnSchema, type TableSchema, TICKS_PER_MILLISECOND, textFromTimespan } from '../tables/index.ts';
import type { AnswerCollector, AnswerResources } from './answers/answer-collector.ts';
import type { Connections } from './connections.ts';
import { type KqlService, kqlProvider } from './kql-provider.ts';
import type { QueryProvider } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { kqlTypeOfWire } from './wire-table.ts';

const TIMEOUT_IN_MS = 240_000;
/** What the engine gives at most, in Azure Data Explorer as in the data lake. */
export const KUSTO_LIMITS = { rows: 500_000, sizeInBytes: 64_000_000 } as const;
/** Nothing is changed, and a table comes in one frame. */
const OPTIONS = { request_readonly: true, results_progressive_enabled: false };

/** One Kusto query over HTTP; Azure Data Explorer, Fabric and the Sentinel data lake share its form. */
export async function askKusto(
  http: HttpClient,
  rows: AnswerCollector,
  request: { readonly url: string; readonly database: string; readonly kql: string; readonly timeoutInMs: number },
): Promise<readonly Warning[]> {
  const { url, database, kql, timeoutInMs } = request;
  const servertimeout = textFromTimespan(BigInt(timeoutInMs) * TICKS_PER_MILLISECOND);
  const body = { db: database, csl: kql, properties: { Options: { servertimeout, ...OPTIONS } } };
  const sent = { method: 'POST', url, json: body, repeatable: true, timeoutInMs: timeoutInMs + 30_000 } as const;
  const { rest } = await rows.ask(http, sent, { form: { name: 'kusto' } });
  return rest.warnings;
}

/** Azure Data Explorer, or a Fabric eventhouse. */
export function kusto(
  name: string,
  options: SettingsOf<'kusto'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const { cluster, database } = options;
  const timeColumn = options.timeColumn ?? 'TimeGenerated';
  const { host } = new URL(cluster);
  const { suffixes, audience } = connections.cloud(options).kusto;
  // The token would be good for every cluster of the cloud: it goes to clusters alone.
  if (!isLoopback(cluster) && !suffixes.some((suffix) => host.endsWith(`.${suffix}`))) {
    throw new TrailhoundError('usage', `${host} is no Azure Data Explorer or Fabric cluster of this cloud`, {
      hint: `Clusters end in ${suffixes.join(' or ')}.`,
    });
  }
  const client = () => connections.client(`Azure Data Explorer (${host})`, { url: cluster, audience }, options);
  const service: KqlService = {
    timeColumnOf: () => timeColumn,
    hasTimeSpan: false,
    limits: KUSTO_LIMITS,
    ask: (kql, _request, rows) =>
      askKusto(client(), rows, {
        url: 'v2/rest/query',
        database,
        kql,
        timeoutInMs: options.timeoutInMs ?? TIMEOUT_IN_MS,
      }),
    async tables(signal) {
      const json = { db: database, csl: `.show database ${encodeName(database)} schema` };
      const answer = asObject(
        await client().json({ method: 'POST', url: 'v1/rest/mgmt', json, repeatable: true, signal }),
      );
      return tablesOfSchema(asObject(asArray(answer['Tables'])[0]));
    },
  };
  return kqlProvider(name, service, resources);
}

/** Tables from the rows of `.show database schema`: one for each column. */
function tablesOfSchema(table: Record<string, unknown>): { name: string; schema: TableSchema }[] {
  const names = asArray(table['Columns']).map((column) => asText(asObject(column)['ColumnName']));
  const at = (row: readonly unknown[], name: string) => asText(row[names.indexOf(name)]);
  const found = new Map<string, ColumnSchema[]>();
  for (const row of asArray(table['Rows']).map(asArray)) {
    const name = at(row, 'TableName');
    if (name === '') continue;
    const columns = found.get(name) ?? [];
    found.set(name, columns);
    const column = at(row, 'ColumnName');
    if (column !== '') columns.push({ name: column, type: kqlTypeOfWire(at(row, 'ColumnType')) });
  }
  return [...found].map(([name, schema]) => ({ name, schema }));
}

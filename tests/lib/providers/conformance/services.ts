import type { Connections, QueryRequest } from '../../../../lib/providers/index.ts';
import { uploadLogs } from '../../../../lib/providers/logs-ingestion.ts';
import { uploadToSplunk } from '../../../../lib/providers/splunk-upload.ts';
import { type Table, tableFromRows, ticksFromIso } from '../../../../lib/tables/index.ts';
import type { Received, Reply } from '../../../support/cloud/loopback-server.ts';

/** A provider under test, and the service that it speaks to, in the wire format of its documentation. */
export interface Service {
  readonly type: string;
  /** The page that the wire format is from. */
  readonly source: string;
  /** Settings that lead to the service at this address. */
  settings(url: string): string;
  /** Answers with the two rows of `ROWS`. */
  answer(request: Received): Reply;
  /** A request for them; conditions and text hold hostile values. */
  readonly request: Omit<QueryRequest, 'nowInMs'>;
  /** What the request has to look like on the wire, as one text. */
  sent(request: Received): string;
  /** A reply that says that rows are missing, and the code of the warning. */
  readonly partial?: { readonly reply: Reply; readonly code: string };
  /** Columns of the answer: name, type and the two cells. */
  readonly columns: readonly (readonly [string, string, unknown, unknown])[];
}

/** Something that takes the two rows in place of giving them. */
export interface UploadService extends Pick<Service, 'type' | 'source' | 'settings' | 'answer'> {
  upload(connections: Connections): Promise<number>;
}

export const HOSTILE = 'x"\' | union Secrets // \\';
export const BIG = 9007199254740993n;
const TIME = '2024-05-01T10:00:00.1234567Z';
const GUID = '11111111-2222-3333-4444-555555555555';
const WORKSPACE = `workspaces: [{ name: soc, workspaceId: ${GUID}, workspaceName: law-soc, subscriptionId: ${GUID} }]`;
const range = {
  start: ticksFromIso('2024-05-01T00:00:00.0000001Z')!,
  end: ticksFromIso('2024-05-02T00:00:00.0000001Z')!,
};
const byTable: Omit<QueryRequest, 'nowInMs'> = {
  table: 'SecurityEvent',
  where: { Computer: HOSTILE },
  timeRange: range,
  maxRows: 5,
};

const columns: Service['columns'] = [
  ['TimeGenerated', 'datetime', TIME, null],
  ['Computer', 'string', 'ws-17', HOSTILE],
  ['Big', 'long', BIG, -1n],
  ['Props', 'dynamic', '{"a":[1,"x"]}', null],
];
/** JSON that holds the big number as a number, which no JavaScript object can. */
const withBig = (json: unknown): Reply => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(json).replaceAll('"BIG"', String(BIG)),
});
const rows = [
  [TIME, 'ws-17', 'BIG', '{"a":[1,"x"]}'],
  [null, HOSTILE, -1, null],
];
const kqlText = (request: Received, member: string) => (request.json() as Record<string, string>)[member] ?? '';
const expectedKql = [
  "['SecurityEvent']",
  "| where ['TimeGenerated'] >= datetime(2024-05-01T00:00:00.0000001Z) and ['TimeGenerated'] < datetime(2024-05-02T00:00:00.0000001Z)",
  '| where [\'Computer\'] =~ "x\\"\' | union Secrets // \\\\"',
  '| take long(6)',
].join('\n');

function frames(primary: readonly unknown[], completion: object): unknown[] {
  return [
    { FrameType: 'DataSetHeader', IsProgressive: false, Version: 'v2.0' },
    {
      FrameType: 'DataTable',
      TableId: 0,
      TableKind: 'QueryProperties',
      TableName: '@ExtendedProperties',
      Columns: [],
      Rows: [],
    },
    {
      FrameType: 'DataTable',
      TableId: 1,
      TableKind: 'PrimaryResult',
      TableName: 'PrimaryResult',
      Columns: columns.map(([name, type]) => ({ ColumnName: name, ColumnType: type })),
      Rows: primary,
    },
    { FrameType: 'DataSetCompletion', HasErrors: false, Cancelled: false, ...completion },
  ];
}
const kustoError = {
  OneApiErrors: [
    {
      error: {
        code: 'InternalServiceError',
        message: 'Request failed',
        '@message': 'Some of the data could not be read',
      },
    },
  ],
};

const CATALOGUE = (title: string, id: string) =>
  `title: ${JSON.stringify(title)}\nid: ${id}\nplatform: [Windows]\nfiles:\n`;
const GIVEN_ROWS: Table = tableFromRows([{ name: 'Text', type: 'string' }], [['a'], [HOSTILE]]);
const RULE = 'dcr-0123456789abcdef0123456789abcdef';

export const UPLOADS: readonly UploadService[] = [
  {
    type: 'logs-ingestion',
    source: 'learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview',
    settings: (url) => `ingestion: { endpoint: '${url}', ruleId: ${RULE} }`,
    answer: () => ({ status: 204 }),
    upload: async (connections) => (await uploadLogs(connections, GIVEN_ROWS)).sentRows,
  },
  {
    type: 'splunk-collector',
    source: 'docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector',
    settings: (url) =>
      `providers: { siem: { type: splunk, url: '${url}', collectorUrl: '${url}', collectorToken: env:SPLUNK_TOKEN } }`,
    answer: () => ({ json: { text: 'Success', code: 0 } }),
    async upload(connections) {
      const settings = connections.settings.providers['siem'];
      if (settings?.type !== 'splunk') throw new Error('there is no Splunk');
      return (await uploadToSplunk(connections, settings, GIVEN_ROWS)).sentRows;
    },
  },
];

export const SERVICES: readonly Service[] = [
  {
    type: 'log-analytics',
    source: 'learn.microsoft.com/azure/azure-monitor/logs/api/response-format',
    settings: (url) => `endpoints: { logAnalytics: '${url}' }\n${WORKSPACE}`,
    answer: () =>
      withBig({ tables: [{ name: 'PrimaryResult', columns: columns.map(([name, type]) => ({ name, type })), rows }] }),
    request: byTable,
    sent: (request) => kqlText(request, 'query'),
    partial: {
      reply: {
        json: {
          tables: [{ name: 'PrimaryResult', columns: [{ name: 'a', type: 'string' }], rows: [['1']] }],
          error: { code: 'PartialError', message: 'x' },
        },
      },
      code: 'partial-result',
    },
    columns,
  },
  {
    type: 'defender-xdr',
    source: 'learn.microsoft.com/graph/api/security-security-runhuntingquery',
    settings: (url) => `endpoints: { graph: '${url}' }`,
    answer: () =>
      withBig({
        schema: [
          { name: 'TimeGenerated', type: 'DateTime' },
          { name: 'Computer', type: 'String' },
          { name: 'Big', type: 'Int64' },
          { name: 'Props', type: 'Object' },
        ],
        results: [
          { TimeGenerated: TIME, Computer: 'ws-17', Big: 'BIG', Props: { a: [1, 'x'] } },
          { Computer: HOSTILE, Big: -1 },
        ],
      }),
    request: byTable,
    sent: (request) => kqlText(request, 'Query'),
    partial: {
      reply: { json: { schema: [{ name: 'a', type: 'Int64' }], results: Array(100_000).fill({ a: 1 }) } },
      code: 'row-limit',
    },
    columns,
  },
  {
    type: 'data-lake',
    source: 'learn.microsoft.com/azure/sentinel/datalake/kql-queries-api',
    settings: (url) => `endpoints: { dataLake: '${url}' }\n${WORKSPACE}`,
    answer: (request) =>
      request.path === '/lake/kql/v2/rest/query' && kqlText(request, 'db') === `law-soc-${GUID}`
        ? withBig(frames(rows, {}))
        : { status: 404, json: {} },
    request: byTable,
    sent: (request) => kqlText(request, 'csl'),
    partial: { reply: { json: frames([...rows.slice(1), kustoError], { HasErrors: true }) }, code: 'partial-result' },
    columns,
  },
  {
    type: 'kusto',
    source: 'learn.microsoft.com/kusto/api/rest/response-http-v2',
    settings: (url) => `providers: { kusto: { type: kusto, cluster: '${url}', database: Security } }`,
    answer: () => withBig(frames(rows, {})),
    request: byTable,
    sent: (request) => kqlText(request, 'csl'),
    partial: { reply: { json: frames(rows.slice(1), { HasErrors: true, ...kustoError }) }, code: 'partial-result' },
    columns,
  },
  {
    type: 'resource-graph',
    source: 'learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources',
    settings: (url) => `endpoints: { resourceManager: '${url}' }`,
    answer(request) {
      // Two pages of a row each.
      const { options } = request.json() as { options: { $skipToken?: string } };
      const data = {
        columns: [
          { name: 'Computer', type: 'string' },
          { name: 'Big', type: 'integer' },
          { name: 'Props', type: 'object' },
        ],
      };
      if (options.$skipToken === undefined) {
        return withBig({
          totalRecords: 2,
          count: 1,
          data: { ...data, rows: [['ws-17', 'BIG', { a: [1, 'x'] }]] },
          resultTruncated: 'true',
          $skipToken: 'next',
        });
      }
      return {
        json: { totalRecords: 2, count: 1, data: { ...data, rows: [[HOSTILE, -1, null]] }, resultTruncated: 'false' },
      };
    },
    request: { table: 'SecurityEvent', where: { Computer: HOSTILE }, maxRows: 5 },
    sent: (request) => kqlText(request, 'query'),
    partial: {
      reply: {
        json: {
          totalRecords: 9,
          count: 1,
          data: { columns: [{ name: 'a', type: 'string' }], rows: [['1']] },
          resultTruncated: 'true',
        },
      },
      code: 'partial-result',
    },
    columns: columns.slice(1),
  },
  {
    type: 'graph-security',
    source: 'learn.microsoft.com/graph/api/security-list-alerts_v2',
    settings: (url) => `endpoints: { graph: '${url}' }`,
    answer(request) {
      const alert = (id: string, createdDateTime: string) => ({
        id,
        createdDateTime,
        title: HOSTILE,
        severity: 'high',
        evidence: [{ x: 1 }],
      });
      if (request.query.get('$skiptoken') === null) {
        // A link to another host: the token must not follow it.
        const next = 'https://elsewhere.example/v1.0/security/alerts_v2?$skiptoken=2';
        return {
          json: {
            value: [alert('a1', '2024-05-01T10:00:00.1234567Z'), alert('too late', '2024-05-02T00:00:00.0000001Z')],
            '@odata.nextLink': next,
          },
        };
      }
      return { json: { value: [alert('a2', '2024-05-01T11:00:00Z')] } };
    },
    request: { table: 'SecurityAlerts', where: { Title: HOSTILE }, timeRange: range, maxRows: 5 },
    sent: (request) => request.query.get('$filter') ?? '',
    columns: [
      ['AlertId', 'string', 'a1', 'a2'],
      ['TimeGenerated', 'datetime', TIME, '2024-05-01T11:00:00.0000000Z'],
      ['Evidence', 'dynamic', '[{"x":1}]', '[{"x":1}]'],
    ],
  },
  {
    type: 'azure-activity',
    source: 'learn.microsoft.com/rest/api/monitor/activity-logs/list',
    settings: (url) => `endpoints: { resourceManager: '${url}' }\n${WORKSPACE}`,
    answer: (request) =>
      request.path.endsWith('/management/values')
        ? {
            json: {
              value: [
                {
                  eventTimestamp: TIME,
                  caller: 'alex@contoso.example',
                  operationName: { value: 'Microsoft.Compute/virtualMachines/write' },
                  claims: { x: '1' },
                },
                { eventTimestamp: '2024-05-01T11:00:00Z', caller: HOSTILE, operationName: { value: 'x' } },
              ],
            },
          }
        : { status: 404, json: {} },
    request: {
      table: 'AzureActivity',
      where: { Caller: [HOSTILE, 'ALEX@contoso.example'] },
      timeRange: range,
      maxRows: 5,
    },
    sent: (request) => request.query.get('$filter') ?? '',
    columns: [
      ['Caller', 'string', 'alex@contoso.example', HOSTILE],
      ['OperationNameValue', 'string', 'Microsoft.Compute/virtualMachines/write', 'x'],
      ['Claims', 'dynamic', '{"x":"1"}', null],
    ],
  },
  {
    type: 'splunk',
    source: 'docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch',
    settings: (url) => `providers: { splunk: { type: splunk, url: '${url}', token: env:SPLUNK_TOKEN } }`,
    answer({ method, path }) {
      if (method === 'DELETE') return { json: { messages: [] } };
      if (path === '/services/search/jobs') return { status: 201, json: { sid: '17.1' } };
      if (path === '/services/search/jobs/17.1')
        return { json: { entry: [{ content: { isDone: true, isFailed: false, messages: [] } }] } };
      return {
        json: {
          preview: false,
          init_offset: 0,
          fields: [{ name: '_time' }, { name: 'host' }, { name: 'tags' }],
          results: [{ _time: '2024-05-01T10:00:00.123+00:00', host: 'ws-17', tags: ['a', 'b'] }, { host: HOSTILE }],
        },
      };
    },
    request: { table: 'main', where: { host: HOSTILE }, timeRange: range, maxRows: 5 },
    sent(request) {
      const form = new URLSearchParams(request.body.toString());
      return [form.get('search'), form.get('earliest_time'), form.get('latest_time')].join('\n');
    },
    columns: [
      ['_time', 'datetime', '2024-05-01T10:00:00.1230000Z', null],
      ['host', 'string', 'ws-17', HOSTILE],
      ['tags', 'dynamic', '["a","b"]', null],
    ],
  },
  {
    type: 'elastic',
    source: 'elastic.co/docs/api/doc/elasticsearch/operation/operation-esql-query',
    settings: (url) => `providers: { elastic: { type: elastic, url: '${url}', apiKey: env:ELASTIC_KEY } }`,
    answer: () =>
      withBig({
        took: 3,
        is_partial: false,
        columns: [
          { name: '@timestamp', type: 'date_nanos' },
          { name: 'host.name', type: 'keyword' },
          { name: 'Big', type: 'long' },
        ],
        values: [
          ['2024-05-01T10:00:00.123456789Z', 'ws-17', 'BIG'],
          [null, HOSTILE, -1],
        ],
      }),
    request: { table: 'logs-*', where: { 'host.name': HOSTILE }, timeRange: range, maxRows: 5 },
    sent: (request) => JSON.stringify(request.json()),
    partial: {
      reply: { json: { is_partial: true, columns: [{ name: 'a', type: 'keyword' }], values: [['1']] } },
      code: 'partial-result',
    },
    columns: [
      ['@timestamp', 'datetime', TIME, null],
      ['host.name', 'string', 'ws-17', HOSTILE],
      ['Big', 'long', BIG, -1n],
    ],
  },
  {
    type: 'security-datasets',
    source: 'docs.github.com/rest/git/trees (the listing), github.com/OTRF/Security-Datasets (the entries)',
    settings: (url) => `providers: { security-datasets: { type: security-datasets, catalogueUrl: '${url}' } }`,
    answer({ path }) {
      if (path.startsWith('/git/trees/'))
        return { json: { tree: ['b', 'a'].map((name) => ({ path: `datasets/atomic/_metadata/${name}.yaml` })) } };
      return { body: path.endsWith('a.yaml') ? CATALOGUE('ws-17', 'SD-1') : CATALOGUE(HOSTILE, 'SD-2') };
    },
    request: { table: 'Catalogue', where: { Title: ['WS-17', HOSTILE] }, maxRows: 5 },
    sent: ({ url }) => url,
    partial: {
      reply: { json: { tree: [{ path: 'datasets/atomic/_metadata/a.yaml' }], truncated: true } },
      code: 'partial-result',
    },
    columns: [
      ['Id', 'string', 'SD-1', 'SD-2'],
      ['Title', 'string', 'ws-17', HOSTILE],
      ['Techniques', 'dynamic', '[]', '[]'],
    ],
  },
];

/** What each provider puts on the wire for its request: no value ever leaves its literal. */
export const EXPECTED_ON_THE_WIRE: Readonly<Record<string, string>> = {
  'security-datasets': '/git/trees/master?recursive=1',
  'log-analytics': expectedKql,
  'defender-xdr': expectedKql,
  'data-lake': expectedKql,
  kusto: expectedKql,
  'resource-graph': [
    "['SecurityEvent']",
    '| where [\'Computer\'] =~ "x\\"\' | union Secrets // \\\\"',
    "| order by ['id'] asc",
  ].join('\n'),
  'graph-security': 'createdDateTime ge 2024-05-01T00:00:00.000Z and createdDateTime le 2024-05-02T00:00:00.001Z',
  'azure-activity': "eventTimestamp ge '2024-05-01T00:00:00.000Z' and eventTimestamp le '2024-05-02T00:00:00.001Z'",
  splunk: [
    'search index="main" | where (lower(\'host\')==lower("x\\"\' | union Secrets // \\\\")) | head 6',
    '1714521600.0000001',
    '1714608000.0000001',
  ].join('\n'),
  elastic: JSON.stringify({
    query: 'FROM logs-*\n| WHERE TO_LOWER(`host.name`) == TO_LOWER(?p0)\n| LIMIT 6',
    params: [{ p0: HOSTILE }],
    filter: { range: { '@timestamp': { gte: '2024-05-01T00:00:00.0000001Z', lt: '2024-05-02T00:00:00.0000001Z' } } },
    wait_for_completion_timeout: '30s',
    keep_alive: '180s',
  }),
};

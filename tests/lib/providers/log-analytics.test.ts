import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimateQuery, openProvider } from '../../../lib/providers/index.ts';
import { limitMet } from '../../../lib/providers/split/ask-chunk.ts';
import type { Table } from '../../../lib/tables/index.ts';
import { ticksFromIso, toRows } from '../../../lib/tables/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, startLoopback } from '../../support/cloud/loopback-server.ts';

const SOC = '11111111-2222-3333-4444-555555555555';
const OT = '66666666-2222-3333-4444-555555555555';
const ANSWER = {
  tables: [
    {
      name: 'PrimaryResult',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'Computer', type: 'string' },
        { name: 'Big', type: 'long' },
        { name: 'Props', type: 'dynamic' },
        { name: 'Took', type: 'timespan' },
        { name: 'Ok', type: 'bool' },
        { name: 'Ratio', type: 'real' },
      ],
      rows: [
        ['2024-05-01T10:00:00.1234567Z', 'ws-17', 0, '{"a":1}', '1.02:03:04.5000000', true, 'NaN'],
        ['2024-05-01T10:00:01Z', 'a"12345678901234567"b', -1, null, null, false, 0.1234567890123456],
      ],
    },
  ],
};
const BIG = JSON.stringify(ANSWER).replace(',0,"{', ',9007199254740993,"{');

let server: LoopbackServer;
beforeAll(async () => {
  server = await startLoopback((request) => {
    if (request.path.endsWith('/metadata')) {
      return { json: { tables: [{ name: 'SecurityEvent', columns: [{ name: 'EventID', type: 'int' }] }] } };
    }
    if (request.path.includes(OT))
      return { status: 403, json: { error: { code: 'InsufficientAccessError', message: 'no access' } } };
    return { body: BIG, headers: { 'content-type': 'application/json' } };
  });
});
afterAll(() => server.close());

const connect = () =>
  testConnections(`
endpoints: { logAnalytics: '${server.url}' }
workspaces:
  - { name: soc, workspaceId: ${SOC} }
  - { name: ot, workspaceId: ${OT} }
providers:
  both: { type: log-analytics, workspaces: [soc, ot] }
`);
const nowInMs = Date.UTC(2024, 4, 2);

describe('Log Analytics', () => {
  it('asks by the documented form and keeps every digit', async () => {
    const provider = await openProvider('log-analytics', connect());
    const result = await provider.query({
      table: 'SecurityEvent',
      where: { Computer: 'ws-17', EventID: [4688, 1] },
      timeRange: {
        start: ticksFromIso('2024-05-01T00:00:00.0000001Z')!,
        end: ticksFromIso('2024-05-01T12:00:00.0000001Z')!,
      },
      maxRows: 10,
      nowInMs,
    });
    const asked = server.received.at(-1)!;
    expect(asked.method).toBe('POST');
    expect(asked.path).toBe(`/v1/workspaces/${SOC}/query`);
    expect(asked.headers.prefer).toContain('wait=180');
    expect(asked.headers.authorization).toBe('Bearer token-1-for-https://api.loganalytics.io/.default');
    expect(asked.json()).toMatchObject({ timespan: '2024-05-01T00:00:00.000Z/2024-05-01T12:00:00.001Z' });
    expect((asked.json() as { query: string }).query).toBe(
      [
        "['SecurityEvent']",
        "| where ['TimeGenerated'] >= datetime(2024-05-01T00:00:00.0000001Z) and ['TimeGenerated'] < datetime(2024-05-01T12:00:00.0000001Z)",
        '| where [\'Computer\'] =~ "ws-17"',
        "| where ['EventID'] == long(4688) or ['EventID'] == long(1)",
        '| take long(11)',
      ].join('\n'),
    );
    expect(result.partial).toBe(false);
    expect(toRows(result.table as Table)).toEqual([
      {
        TimeGenerated: ticksFromIso('2024-05-01T10:00:00.1234567Z'),
        Computer: 'ws-17',
        Big: 9007199254740993n,
        Props: '{"a":1}',
        Took: 937_845_000_000n,
        Ok: true,
        Ratio: Number.NaN,
      },
      {
        TimeGenerated: ticksFromIso('2024-05-01T10:00:01Z'),
        Computer: 'a"12345678901234567"b',
        Big: -1n,
        Props: null,
        Took: null,
        Ok: false,
        Ratio: 0.1234567890123456,
      },
    ]);
  });

  it('binds parameters as literals', async () => {
    const provider = await openProvider('log-analytics', connect());
    await provider.query({
      kql: 'declare query_parameters(host:string);\nT | where Computer == host',
      parameters: { host: 'x" | union SecretTable //' },
      nowInMs,
    });
    expect((server.received.at(-1)!.json() as { query: string }).query).toContain('"x\\" | union SecretTable //"');
  });

  it('says that a result is partial', async () => {
    const provider = await openProvider('log-analytics', connect());
    const error = {
      code: 'PartialError',
      message: 'There were some errors when processing your query.',
      details: [{ code: 'EngineError', innererror: {}, message: 'The query has exceeded the memory limit' }],
    };
    server.next({ json: { ...ANSWER, error } });
    const result = await provider.query({ kql: 'T', nowInMs });
    expect(result.partial).toBe(true);
    expect(result.warnings[0]?.code).toBe('partial-result');
    expect(result.warnings[0]?.message).toContain('exceeded the memory limit');
    expect(result.table).toMatchObject({ rowCount: 2 });
  });

  it('names the limit that a part met, wherever the error holds it', async () => {
    const provider = await openProvider('log-analytics', connect());
    const partial = (innerCode: string, message: string) => ({
      ...ANSWER,
      error: {
        code: 'PartialError',
        message: 'There were some errors when processing your query.',
        details: [
          {
            code: 'EngineError',
            message: 'Something went wrong processing your query on the server.',
            innererror: { code: innerCode, message, severity: 2, severityName: 'Error' },
          },
        ],
      },
    });
    const said = async (message: string) => {
      server.next({ json: partial('-2133196797', message) });
      const { warnings, partial: isPartial } = await provider.query({ kql: 'T', nowInMs });
      expect(isPartial).toBe(true);
      expect(warnings[0]?.message).toContain(message.slice(0, 40));
      return warnings[0]?.code;
    };
    const cut = 'so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).';
    expect(await said(`The results of this query exceed the set limit of 64000000 bytes, ${cut}`)).toBe('size-limit');
    expect(await said(`The results of this query exceed the set limit of 500000 records, ${cut}`)).toBe('row-limit');
    expect(await said('The query timed out (E_QUERY_TIMEOUT, 0x80DA000B).')).toBe('time-limit');
    expect(await said('Shards were not reached.')).toBe('partial-result');
  });

  it('says that of several results the first is taken', async () => {
    const provider = await openProvider('log-analytics', connect());
    server.next({ json: { tables: [...ANSWER.tables, { name: 'PrimaryResult_1', columns: [], rows: [] }] } });
    expect(await provider.query({ kql: 'T; U', nowInMs })).toMatchObject({
      partial: true,
      warnings: [{ code: 'partial-result', message: expect.stringContaining('2 results') as string }],
    });
  });

  it('gives up on a gateway that times out, as what a smaller question may pass', async () => {
    const provider = await openProvider('log-analytics', connect());
    server.next(...Array.from({ length: 6 }, () => ({ status: 504, body: 'gateway timeout' })));
    const failed = await provider.query({ kql: 'T', nowInMs }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'unavailable' });
    expect(limitMet(failed)).toContain('504');
  });

  it('waits when it is throttled, renews a refused token, and takes a cut-off answer again', async () => {
    const connections = connect();
    const provider = await openProvider('log-analytics', connections);
    server.next(
      {
        status: 429,
        headers: { 'retry-after': '7' },
        json: { error: { code: 'ThrottledError', message: 'slow down' } },
      },
      { status: 401, json: { error: { code: 'InvalidTokenError', message: 'expired' } } },
      { body: BIG, headers: { 'content-type': 'application/json' }, cutAfter: 100 },
      { body: '<html>proxy</html>', headers: { 'content-type': 'text/html' } },
    );
    const result = await provider.query({ kql: 'T', nowInMs });
    expect(result.table).toMatchObject({ rowCount: 2 });
    expect(connections.pauses[0]).toBe(7000);
    expect(server.received.at(-1)!.headers.authorization).toContain('token-2');
  });

  it('names the error of the service and does not repeat a wrong query', async () => {
    const provider = await openProvider('log-analytics', connect());
    const before = server.received.length;
    server.next({
      status: 400,
      json: {
        error: {
          code: 'BadArgumentError',
          message: 'The request had some invalid properties',
          innererror: {
            code: 'SyntaxError',
            message: 'A recognition error occurred.',
            innererror: { code: 'SYN0002', message: "Query could not be parsed at 'x'" },
          },
        },
      },
    });
    await expect(provider.query({ kql: 'T | x', nowInMs })).rejects.toThrow(/400.*could not be parsed at 'x'/);
    expect(server.received.length - before).toBe(1);
  });

  it('unites workspaces with a source column and names one that fails', async () => {
    const provider = await openProvider('both', connect());
    const result = await provider.query({ kql: 'T', nowInMs });
    expect(result.partial).toBe(true);
    expect(result.warnings).toEqual([
      { code: 'source-failed', message: expect.stringContaining('workspace ot: ') as string },
    ]);
    expect(result.warnings[0]?.message).toContain('no access');
    expect(toRows(result.table as Table).map((row) => row['Workspace'])).toEqual(['soc', 'soc']);
  });

  it('unites tables of different schemas under a name that is free', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    let atOnce = 0;
    let most = 0;
    const own = await startLoopback(async ({ path }) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce--;
      const isFirst = path.includes('-00000000000a/');
      const columns = [
        { name: 'Workspace', type: 'string' },
        { name: 'At', type: isFirst ? 'datetime' : 'string' },
        ...(isFirst ? [{ name: 'Only', type: 'long' }] : []),
      ];
      return { json: { tables: [{ name: 'PrimaryResult', columns, rows: [['own', '2024-05-01T10:00:00Z', 1]] }] } };
    });
    const all = names.map((name) => `  - { name: ${name}, workspaceId: 11111111-2222-3333-4444-00000000000${name} }`);
    const connections = testConnections(
      `endpoints: { logAnalytics: '${own.url}' }\nworkspaces:\n${all.join('\n')}\nproviders: { all: { type: log-analytics, workspaces: [${names.join(', ')}] } }`,
    );
    const provider = await openProvider('all', connections);
    const rows = toRows((await provider.query({ kql: 'T', nowInMs })).table as Table);
    expect(rows.map(({ Workspace, Workspace1 }) => `${Workspace} ${Workspace1}`)).toEqual(
      names.map((name) => `own ${name}`),
    );
    expect(rows.slice(0, 2).map(({ At, Only }) => [At, Only])).toEqual([
      ['2024-05-01T10:00:00.0000000Z', 1n],
      ['2024-05-01T10:00:00Z', null],
    ]);
    expect(most).toBeLessThanOrEqual(5);
    const stopped = provider.query({ kql: 'T', nowInMs }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await own.close();
  });

  it('cuts at the cap of the caller, and lists tables', async () => {
    const provider = await openProvider('log-analytics', connect());
    const result = await provider.query({ kql: 'T', maxRows: 1, nowInMs });
    expect(result).toMatchObject({ partial: true, warnings: [{ code: 'row-cap' }], table: { rowCount: 1 } });
    expect(await provider.tables()).toEqual([{ name: 'SecurityEvent', schema: [{ name: 'EventID', type: 'int' }] }]);
  });

  it('asks for tables of other plans where they are answered', async () => {
    const connections = testConnections(`
endpoints: { logAnalytics: '${server.url}' }
workspaces: [{ name: soc, workspaceId: ${SOC} }]
providers: { cheap: { type: log-analytics, plans: { Proxy_CL: basic } } }`);
    const provider = await openProvider('cheap', connections);
    expect((await provider.query({ table: 'proxy_cl', nowInMs })).table).toMatchObject({ rowCount: 2 });
    expect(server.received.at(-1)).toMatchObject({ path: `/v1/workspaces/${SOC}/search` });
    server.next({
      status: 400,
      json: {
        error: {
          code: 'BadArgumentError',
          message: 'x',
          innererror: { message: 'The Basic logs table Other_CL is not supported in this query' },
        },
      },
    });
    expect((await provider.query({ table: 'Other_CL', nowInMs })).table).toMatchObject({ rowCount: 2 });
    expect(server.received.at(-1)).toMatchObject({ path: `/v1/workspaces/${SOC}/search` });
  });

  it('estimates what a query would give', async () => {
    const provider = await openProvider('log-analytics', connect());
    const answer = (names: readonly string[], rows: readonly (readonly unknown[])[]) => {
      const columns = names.map((name) => ({ name, type: 'long' }));
      server.next({ json: { tables: [{ name: 'PrimaryResult', columns, rows }] } });
    };
    const timeRange = { start: ticksFromIso('2024-05-01T00:00:00Z')!, end: ticksFromIso('2024-05-02T00:00:00Z')! };
    const asked = () => (server.received.at(-1)!.json() as { query: string }).query;
    // A row in the first quarter of an hour, the rest in the last.
    answer(
      ['Slot', 'RowCount', 'SizeInBytes'],
      [
        [95, 2_999_999, 1_199_999_600],
        [0, 1, 400],
      ],
    );
    const estimate = (await estimateQuery(provider, { table: 'T', timeRange, nowInMs }))!;
    expect(estimate).toMatchObject({ rowCount: 3_000_000, sizeInBytes: 1_200_000_000 });
    expect(estimate.slots.map(({ rowCount }) => rowCount)).toEqual([1, ...new Array<number>(94).fill(0), 2_999_999]);
    expect([estimate.slots[0]!.start, estimate.slots.at(-1)!.end]).toEqual([timeRange.start, timeRange.end]);
    expect(asked()).toMatch(
      /\n\| summarize RowCount = count\(\), SizeInBytes = sum\(estimate_data_size\(\*\)\) by Slot = tolong\(\(\['TimeGenerated'\] - datetime\(2024-05-01T00:00:00\.0000000Z\)\) \/ timespan\(00:15:00\)\)$/,
    );
    // Where rows lose their time, only how many there are can be told.
    answer(['RowCount', 'SizeInBytes'], [[7, 700]]);
    const { slots } = (await estimateQuery(provider, { kql: 'T | project Computer', timeRange, nowInMs }))!;
    expect(slots).toEqual([{ ...timeRange, rowCount: 7, sizeInBytes: 700 }]);
    expect(asked()).toMatch(/sum\(estimate_data_size\(\*\)\)$/);
    // What is no answer to the question is none.
    answer(['RowCount', 'SizeInBytes'], [[-7, 700]]);
    expect(await estimateQuery(provider, { table: 'T', timeRange, nowInMs })).toBeNull();
    answer(['Computer'], [[1]]);
    expect(await estimateQuery(provider, { table: 'T', timeRange, nowInMs })).toBeNull();
    expect(await estimateQuery(provider, { kql: 'T | count', timeRange, nowInMs })).toBeNull();
    server.next({ status: 429, headers: { 'retry-after': '999' }, json: { error: { code: 'ThrottledError' } } });
    await expect(estimateQuery(provider, { table: 'T', timeRange, nowInMs })).rejects.toMatchObject({
      code: 'throttled',
    });
  });

  it('asks workspaces of one identity in turn, and others meanwhile', async () => {
    let atOnce = 0;
    const most: Record<string, number> = {};
    const counting = await startLoopback(async ({ path }) => {
      const tenant = path.includes(OT) ? 'other' : 'home';
      atOnce++;
      most[tenant] = Math.max(most[tenant] ?? 0, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 50));
      atOnce--;
      return { body: BIG, headers: { 'content-type': 'application/json' } };
    });
    const other = '20000000-0000-4000-8000-000000000000';
    const workspaces = [
      `{ name: a, workspaceId: ${SOC} }`,
      `{ name: b, workspaceId: 33333333-2222-3333-4444-555555555555 }`,
      `{ name: c, workspaceId: ${OT}, tenantId: ${other} }`,
    ];
    const inTurn = (names: string) =>
      testConnections(
        `endpoints: { logAnalytics: '${counting.url}' }\nworkspaces: [${workspaces.join(', ')}]\nproviders: { p: { type: log-analytics, workspaces: ${names} } }`,
      );
    await (await openProvider('p', inTurn('[a, b]'))).query({ kql: 'T', nowInMs });
    expect(most).toEqual({ home: 1 });
    const { table } = await (await openProvider('p', inTurn('[a, b, c]'))).query({ kql: 'T', nowInMs });
    expect(most['other']).toBe(2);
    expect(toRows(table as Table).map((row) => row['Workspace'])).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    await counting.close();
  });

  it('stops when the caller stops', async () => {
    const provider = await openProvider('log-analytics', connect());
    server.next({ json: ANSWER, delayInMs: 5000 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(provider.query({ kql: 'T', nowInMs }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

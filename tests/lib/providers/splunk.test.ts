import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProvider } from '../../../lib/providers/index.ts';
import type { QueryRequest } from '../../../lib/providers/provider.ts';
import { uploadToSplunk } from '../../../lib/providers/splunk-upload.ts';
import { isoFromTicks, type Table, tableFromRows, ticksFromIso, toRows } from '../../../lib/tables/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, type Received, type Reply, startLoopback } from '../../support/cloud/loopback-server.ts';

let server: LoopbackServer;
let answer: (request: Received) => Reply;
beforeAll(async () => {
  server = await startLoopback((request) => answer(request));
});
afterAll(() => server.close());

/** The refusal that splunkd sends where a search head runs as many searches as it may. */
const NO_TURN: Reply = {
  status: 503,
  json: {
    messages: [
      {
        type: 'FATAL',
        text: 'Search not executed: The maximum number of concurrent historical searches on this instance has been reached.',
      },
    ],
  },
};
interface Job {
  readonly content?: object;
  readonly fields?: readonly string[];
  readonly results?: readonly object[];
  readonly hasNoV2?: boolean;
}
/** A search head that runs one job. */
const searchHead =
  ({ content = { isDone: true }, fields = [], results = [], hasNoV2 = false }: Job) =>
  ({ method, path, query }: Received): Reply => {
    if (method === 'DELETE') return { json: {} };
    if (path.endsWith('/search/jobs')) return { status: 201, json: { sid: 'a/b 1' } };
    if (!path.endsWith('/results')) return { json: { entry: [{ content }] } };
    if (hasNoV2 && path.includes('/v2/'))
      return { status: 404, json: { messages: [{ type: 'ERROR', text: 'Not Found' }] } };
    const offset = Number(query.get('offset'));
    return {
      json: {
        preview: false,
        fields: fields.map((name) => ({ name })),
        results: results.slice(offset, offset + Number(query.get('count'))),
      },
    };
  };

const SETTINGS = (more: string) => `providers: { siem: { type: splunk, url: '${server.url}', ${more} } }`;
const connect = (more = 'token: env:T') => testConnections(SETTINGS(more), { T: 'canary-token', P: 'pä:ss' });
const ask = async (request: Omit<QueryRequest, 'nowInMs'>, connections = connect()) => {
  const result = await (await openProvider('siem', connections)).query({ nowInMs: 0, ...request });
  return { ...result, table: result.table as Table, connections };
};

describe('a search job', () => {
  beforeEach(() => {
    answer = searchHead({
      fields: ['_time', 'user'],
      results: [{ _time: '2024-05-01T12:00:00.123+02:00', user: 'a' }],
    });
  });

  it('waits for its turn where too many searches run, and says so in the end', async () => {
    server.next(NO_TURN, NO_TURN);
    const { connections, table } = await ask({ text: 'index=main' });
    expect([table.rowCount, connections.pauses]).toEqual([1, [2000, 4000]]);
    server.next(...Array.from({ length: 6 }, () => NO_TURN));
    await expect(ask({ text: 'index=main' })).rejects.toMatchObject({
      code: 'throttled',
      hint: expect.stringContaining('srchJobsQuota') as string,
    });
    const before = server.received.length;
    server.next({ status: 503, body: 'down' });
    await expect(ask({ text: 'index=main' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.received.length - before).toBe(1);
  });

  it('is asked for as many rows as it can keep, and read page by page', async () => {
    const results = Array.from({ length: 50_001 }, (_, n) => ({ n: String(n) }));
    answer = searchHead({ fields: ['n'], results });
    const before = server.received.length;
    const { table } = await ask({ text: 'index=main', maxRows: 1_000_000 });
    expect(table.rowCount).toBe(50_001);
    const [created, , first, second] = server.received.slice(before);
    const form = new URLSearchParams(created!.body.toString());
    expect([form.get('max_count'), form.get('exec_mode')]).toEqual(['500000', 'normal']);
    expect(first!.url).toContain('/services/search/v2/jobs/a%2Fb%201/results?output_mode=json&count=50000&offset=0');
    expect(second!.query.get('offset')).toBe('50000');
    expect(server.received.at(-1)).toMatchObject({ method: 'DELETE', path: '/services/search/jobs/a%2Fb%201' });
  });

  it('is read where a release has the first version of the results alone', async () => {
    answer = searchHead({ fields: ['n'], results: [{ n: '1' }], hasNoV2: true });
    expect(toRows((await ask({ text: 'index=main' })).table)).toEqual([{ n: '1' }]);
  });

  it('gives times of any zone, several values as a list, and text as it is', async () => {
    answer = searchHead({
      fields: ['_time', 'tags', 'count'],
      results: [
        { _time: '2024-05-01T12:00:00.123+02:00', tags: ['a', 'b"'], count: '12345678901234567890' },
        { _time: '2024-05-01T10:00:00.000-05:30', tags: 'a' },
      ],
    });
    const { table } = await ask({ text: 'index=main' });
    expect(table.columns.map(({ type }) => type)).toEqual(['datetime', 'dynamic', 'string']);
    const rows = toRows(table);
    expect(rows.map(({ _time }) => isoFromTicks(_time as bigint))).toEqual([
      '2024-05-01T10:00:00.1230000Z',
      '2024-05-01T15:30:00.0000000Z',
    ]);
    expect(rows).toMatchObject([
      { tags: '["a","b\\""]', count: '12345678901234567890' },
      { tags: '"a"', count: null },
    ]);
    answer = searchHead({ fields: ['_time'], results: [{ _time: '1714557600.123' }] });
    expect(toRows((await ask({ text: 'x' })).table)).toEqual([{ _time: '1714557600.123' }]);
  });

  it('says why it failed, ended early or is a part', async () => {
    const messages = [{ type: 'FATAL', text: "Unknown search command 'foo'." }];
    answer = searchHead({ content: { dispatchState: 'FAILED', isDone: true, isFailed: true, messages } });
    await expect(ask({ text: '| foo' })).rejects.toThrow("Unknown search command 'foo'.");
    answer = searchHead({
      content: { isDone: true, isFinalized: '1', messages: [{ type: 'INFO', text: 'auto-finalized' }] },
    });
    expect(await ask({ text: 'x' })).toMatchObject({ partial: true, warnings: [{ code: 'time-limit' }] });
    const peers = [{ type: 'WARN', text: '[idx2] Search results might be incomplete: the search process was killed.' }];
    answer = searchHead({ content: { isDone: true, messages: peers } });
    expect(await ask({ text: 'x' })).toMatchObject({ partial: true, warnings: [{ code: 'partial-result' }] });
    answer = searchHead({
      content: { isDone: true, messages: [{ type: 'INFO', text: 'Your timerange was substituted' }] },
    });
    expect(await ask({ text: 'x' })).toMatchObject({ partial: false, warnings: [] });
  });

  it('is asked for again until it is done, within a time', async () => {
    answer = searchHead({ content: { dispatchState: 'RUNNING', isDone: false } });
    const connections = connect('token: env:T, timeoutInMs: 20000');
    await expect(ask({ text: 'x' }, connections)).rejects.toMatchObject({ code: 'unavailable' });
    expect(connections.pauses.slice(0, 3)).toEqual([500, 750, 1125]);
    expect(Math.max(...connections.pauses)).toBe(5000);
  });

  it('runs a saved search, by a user with a password', async () => {
    await ask({ table: 'savedsearch:My "search"' }, connect('user: soc, password: env:P, app: my app'));
    const created = server.received.find(({ path }) => path === '/servicesNS/-/my%20app/search/jobs')!;
    expect(new URLSearchParams(created.body.toString()).get('search')).toBe('| savedsearch "My \\"search\\""');
    expect(created.headers.authorization).toBe(`Basic ${Buffer.from('soc:pä:ss').toString('base64')}`);
  });

  it('has indexes and saved searches as its tables', async () => {
    answer = ({ path }) =>
      path.endsWith('/saved/searches')
        ? { json: { entry: [{ name: 'Errors' }] } }
        : { json: { entry: [{ name: 'main', content: { totalEventCount: '7' } }] } };
    expect(await (await openProvider('siem', connect())).tables()).toEqual([
      { name: 'main', schema: [], rowCount: 7 },
      { name: 'savedsearch:Errors', schema: [] },
    ]);
  });
});

describe('the HTTP Event Collector of Splunk', () => {
  const SUCCESS: Reply = { json: { text: 'Success', code: 0 } };
  const time = ticksFromIso('2024-05-01T10:00:00.1234567Z')!;
  const upload = (table: Table, index?: string) => {
    const connections = testConnections('', { HEC: 'canary-collector-token' });
    const settings = { type: 'splunk', url: server.url, collectorUrl: server.url, collectorToken: 'env:HEC' } as const;
    return uploadToSplunk(connections, settings, table, index ? { index } : {});
  };
  const texts = (...values: readonly string[]) =>
    tableFromRows(
      [{ name: 'Text', type: 'string' }],
      values.map((value) => [value]),
    );
  const eventsOf = ({ body }: Received) =>
    body
      .toString()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: { Text: string } }).event.Text);

  it('takes a row as an event', async () => {
    answer = () => SUCCESS;
    const table = tableFromRows(
      [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'Text', type: 'string' },
      ],
      [
        [time, 'a"b'],
        [null, 'c'],
      ],
    );
    expect(await upload(table, 'hunting')).toEqual({ sentRows: 2, problems: [] });
    const call = server.received.at(-1)!;
    expect(call.path).toBe('/services/collector/event');
    expect(call.headers.authorization).toBe('Splunk canary-collector-token');
    expect(
      call.body
        .toString()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        time: '1714557600.123456',
        sourcetype: 'trailhound',
        index: 'hunting',
        event: { TimeGenerated: '2024-05-01T10:00:00.1234567Z', Text: 'a"b' },
      },
      { sourcetype: 'trailhound', index: 'hunting', event: { Text: 'c' } },
    ]);
  });

  it('leaves out an event that is refused, and sends the others', async () => {
    answer = (request) => {
      const invalid = eventsOf(request).indexOf('bad');
      return invalid < 0
        ? SUCCESS
        : { status: 400, json: { text: 'Invalid data format', code: 6, 'invalid-event-number': invalid } };
    };
    expect(await upload(texts('a', 'bad', 'b', 'bad', 'c'))).toEqual({
      sentRows: 3,
      problems: [1, 3].map((row) => ({ row, reason: 'Splunk refused it: Invalid data format (code 6)' })),
    });
    expect(eventsOf(server.received.at(-1)!)).toEqual(['a', 'b', 'c']);
    answer = () => ({ status: 400, json: { text: 'Incorrect index', code: 7, 'invalid-event-number': 0 } });
    await expect(upload(texts('a'), 'secret')).rejects.toMatchObject({ code: 'usage' });
    answer = () => ({ status: 400, json: { text: 'No data', code: 5 } });
    expect((await upload(texts('a', 'b'))).problems).toHaveLength(2);
  });

  it('waits until what it sent is acknowledged as indexed', async () => {
    let polls = 0;
    answer = ({ path }) => {
      if (path.endsWith('/event')) return { json: { text: 'Success', code: 0, ackId: 3 } };
      return { json: { acks: { 3: ++polls > 2 } } };
    };
    expect(await upload(texts('a'))).toEqual({ sentRows: 1, problems: [] });
    const [event, poll] = server.received.slice(-4);
    expect(poll!.json()).toEqual({ acks: [3] });
    expect(event!.headers['x-splunk-request-channel']).toBe(poll!.headers['x-splunk-request-channel']);
    polls = Number.NEGATIVE_INFINITY;
    expect(await upload(texts('a'))).toEqual({
      sentRows: 0,
      problems: [{ row: 0, reason: expect.stringContaining('did not acknowledge') as string }],
    });
  });

  it('keeps each call within its size, whatever stands around the rows', async () => {
    answer = () => SUCCESS;
    const before = server.received.length;
    const rows = Array.from({ length: 30_000 }, (_, n) => String(n));
    expect((await upload(texts(...rows), 'hunting')).sentRows).toBe(30_000);
    const calls = server.received.slice(before);
    expect(Math.max(...calls.map(({ body }) => body.length))).toBeLessThanOrEqual(900_000);
    expect(calls.flatMap(eventsOf)).toEqual(rows);
  });

  it('takes no sign-in page for an answer', async () => {
    answer = () => ({ body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } });
    await expect(upload(texts('a'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

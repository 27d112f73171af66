import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadLogs } from '../../../lib/providers/logs-ingestion.ts';
import { uploadTable } from '../../../lib/providers/upload.ts';
import { memoryCache } from '../../../lib/storage/lookup-cache.ts';
import { sourceOf, tableFromRows, ticksFromIso } from '../../../lib/tables/index.ts';
import { getVerb } from '../../../lib/verbs/registry.ts';
import type { VerbServices } from '../../../lib/verbs/services.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, type Received, startLoopback } from '../../support/cloud/loopback-server.ts';

/** Nothing is written there by uploads over the wire. */
const FILES = { cacheFolder: '/nonexistent', resultFolder: '/nonexistent' };
const RULE = 'dcr-0123456789abcdef0123456789abcdef';
const time = ticksFromIso('2024-05-01T10:00:00.1234567Z')!;
const bodyOf = ({ body, headers }: Received) =>
  (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();

let server: LoopbackServer;
beforeAll(async () => {
  server = await startLoopback((request) => {
    if (request.body.length > 1_000_000 || bodyOf(request).length > 1_000_000)
      return { status: 413, json: { error: { code: 'ContentLengthLimitExceeded', message: 'x' } } };
    // A rule whose transformation fails on what it does not expect.
    if (bodyOf(request).includes('poison'))
      return { status: 400, json: { error: { code: 'InvalidPayload', message: 'bad row' } } };
    return { status: 204 };
  });
});
afterAll(() => server.close());

describe('Logs Ingestion', () => {
  const connect = () => testConnections(`ingestion: { endpoint: '${server.url}', ruleId: ${RULE} }`);
  const schema = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Text', type: 'string' },
    { name: 'Props', type: 'dynamic' },
    { name: 'Big', type: 'long' },
    { name: 'Ok', type: 'bool' },
  ] as const;

  it('sends rows within a megabyte a call, and names those that are refused', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => [
      time,
      n === 1234 ? 'poison' : `row ${n} ${'x'.repeat(600)}`,
      '{"a":1}',
      9007199254740993n,
      true,
    ]);
    const before = server.received.length;
    const result = await uploadLogs(connect(), tableFromRows(schema, rows));
    expect(result.sentRows).toBe(2999);
    expect(result.problems).toEqual([{ row: 1234, reason: expect.stringContaining('InvalidPayload') as string }]);
    const calls = server.received.slice(before);
    expect(
      calls.every(({ path }) => path === `/dataCollectionRules/${RULE}/streams/Custom-TrailhoundFindings_CL`),
    ).toBe(true);
    expect(calls[0]?.headers.authorization).toBe('Bearer token-1-for-https://monitor.azure.com/.default');
    const [first] = JSON.parse(bodyOf(calls[0]!)) as unknown[];
    expect(first).toEqual({
      TimeGenerated: '2024-05-01T10:00:00.1234567Z',
      Text: `row 0 ${'x'.repeat(600)}`,
      Props: { a: 1 },
      Big: '9007199254740993',
      Ok: true,
    });
  });

  it('keeps to the pace of the service, and names the role that is missing', async () => {
    const table = tableFromRows(schema, [[time, 'a', null, 1n, false]]);
    const connections = connect();
    server.next({ status: 429, headers: { 'retry-after': '9' }, json: {} });
    expect((await uploadLogs(connections, table)).sentRows).toBe(1);
    expect(connections.pauses).toEqual([9000]);
    server.next({ status: 403, json: { error: { code: 'OperationFailed', message: 'x' } } });
    await expect(uploadLogs(connect(), table)).rejects.toMatchObject({
      hint: expect.stringContaining('Monitoring Metrics Publisher') as string,
    });
  });

  it('cuts what is too long and says so, and refuses names that a workspace cannot have', async () => {
    const long = await uploadLogs(connect(), tableFromRows(schema, [[time, '€'.repeat(40_000), null, 1n, false]]));
    expect(long).toEqual({ sentRows: 1, problems: [{ row: 0, reason: 'Text was cut at 64000 bytes' }] });
    await expect(uploadLogs(connect(), tableFromRows([{ name: 'Title', type: 'string' }], [['x']]))).rejects.toThrow(
      '"Title"',
    );
    await expect(uploadLogs(testConnections(''), tableFromRows(schema, []))).rejects.toThrow(
      'no upload to Sentinel is configured',
    );
  });
});

describe('the limits of Logs Ingestion', () => {
  const connect = () => testConnections(`ingestion: { endpoint: '${server.url}', ruleId: ${RULE} }`);
  const texts = (values: readonly string[]) =>
    tableFromRows(
      Array.from({ length: 20 }, (_, n) => ({ name: `Text${n}`, type: 'string' }) as const),
      values.map((value) => Array<string>(20).fill(value)),
    );

  it('names a row that is larger than a call, and sends the others', async () => {
    const result = await uploadLogs(connect(), texts(['a', 'x'.repeat(60_000), 'b']));
    expect(result).toEqual({ sentRows: 2, problems: [{ row: 1, reason: 'is larger than 1000000 bytes' }] });
  });

  it('keeps data that does not compress within a call, before and after', async () => {
    const random = (size: number) => randomBytes(size).toString('latin1');
    const before = server.received.length;
    const result = await uploadLogs(connect(), texts(Array.from({ length: 60 }, () => random(2000))));
    expect([result.sentRows, result.problems]).toEqual([60, []]);
    const calls = server.received.slice(before);
    expect(calls.length).toBeGreaterThan(2);
    for (const call of calls) {
      expect(call.body.length).toBeLessThanOrEqual(1_000_000);
      expect(bodyOf(call).length).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('finds the rows of a call that is too large for the service', async () => {
    server.next({ status: 413, json: { error: { code: 'ContentLengthLimitExceeded', message: 'too large' } } });
    const before = server.received.length;
    expect((await uploadLogs(connect(), texts(['a', 'b', 'c']))).sentRows).toBe(3);
    expect(server.received.length - before).toBe(3);
  });

  it('refuses names that a workspace keeps for itself', async () => {
    for (const name of ['Type', 'tenantid', '_ResourceId', 'a b', 'a'.repeat(46)]) {
      const table = tableFromRows([{ name, type: 'string' }], [['x']]);
      await expect(uploadLogs(connect(), table), name).rejects.toMatchObject({ code: 'usage' });
    }
  });
});

describe('upload.rows', () => {
  it('sends a table with an id for each row, and names what was refused', async () => {
    const connections = testConnections(`ingestion: { endpoint: '${server.url}', ruleId: ${RULE} }`);
    const services: VerbServices = {
      provider: () => expect.unreachable('no provider is asked'),
      cache: memoryCache(() => 0),
      secret: async () => undefined,
      setting: () => undefined,
      fetch,
      upload: (given, request, signal) =>
        uploadTable(connections, given, request, { files: FILES, ...(signal ? { signal } : {}) }),
    };
    const verb = getVerb('upload.rows');
    const table = tableFromRows([{ name: 'Text', type: 'string' }], [['a'], ['poison'], ['a']]);
    const context = { signal: new AbortController().signal, nowInMs: 0, services };
    const output = await verb.run([sourceOf(table)], verb.parameters.parse({}), context);
    expect(output).toMatchObject({ partial: true, table: { rowCount: 1 }, warnings: [{ code: 'rows-refused' }] });
    const sent = server.received
      .slice(-4)
      .flatMap((call) => JSON.parse(bodyOf(call)) as { Text: string; TrailhoundRowId: string }[]);
    const ids = new Set(sent.filter(({ Text }) => Text === 'a').map(({ TrailhoundRowId }) => TrailhoundRowId));
    expect(ids.size).toBe(1);
    await expect(verb.run([sourceOf(table)], verb.parameters.parse({ to: 'nowhere' }), context)).rejects.toThrow(
      'cannot be uploaded',
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProvider } from '../../../lib/providers/index.ts';
import type { QueryRequest } from '../../../lib/providers/provider.ts';
import { type Table, ticksFromIso, toRows } from '../../../lib/tables/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, type Received, type Reply, startLoopback } from '../../support/cloud/loopback-server.ts';

let server: LoopbackServer;
let answer: (request: Received) => Reply;
beforeAll(async () => {
  server = await startLoopback((request) => answer(request));
});
afterAll(() => server.close());

const ask = async (request: Omit<QueryRequest, 'nowInMs'>, more = '') => {
  const settings = `providers: { siem: { type: elastic, url: '${server.url}', apiKey: env:K${more} } }`;
  const before = server.received.length;
  const provider = await openProvider('siem', testConnections(settings, { K: 'canary-key' }));
  const result = await provider.query({ nowInMs: 0, ...request });
  const calls = server.received.slice(before).map(({ method, path }) => `${method} ${path}`);
  return { ...result, table: result.table as Table, calls };
};
/** JSON with a number that no JavaScript object can hold. */
const json = (text: string): Reply => ({ headers: { 'content-type': 'application/json' }, body: text });

describe('ES|QL', () => {
  it('gives typed columns, several values as lists, and says which columns it cannot give', async () => {
    answer = () =>
      json(`{"is_running":false,"took":4,"is_partial":false,"columns":[
        {"name":"@timestamp","type":"date_nanos"},{"name":"big","type":"unsigned_long"},{"name":"n","type":"counter_long"},
        {"name":"ip","type":"ip"},{"name":"v","type":"version"},{"name":"tags","type":"keyword"},{"name":"dates","type":"date"},
        {"name":"_source","type":"_source"},{"name":"odd","type":"unsupported"}],
        "values":[["2024-05-01T10:00:00.123456789Z",18446744073709551615,9007199254740993,"192.0.2.1","1.2.3",["a","b"],
        ["2024-05-01T10:00:00.000Z"],{"a":1},null],[null,null,null,null,null,"a",null,null,null]]}`);
    const { table, warnings, partial } = await ask({ table: 'logs-*' });
    expect(table.columns.map(({ type }) => type)).toEqual(
      'datetime decimal long string string dynamic dynamic dynamic string'.split(' '),
    );
    expect(toRows(table)[0]).toMatchObject({
      '@timestamp': ticksFromIso('2024-05-01T10:00:00.1234567Z'),
      big: '18446744073709551615',
      n: 9007199254740993n,
      ip: '192.0.2.1',
      v: '1.2.3',
      tags: '["a","b"]',
      dates: '["2024-05-01T10:00:00.000Z"]',
      _source: '{"a":1}',
    });
    expect([partial, warnings]).toEqual([
      false,
      [{ code: 'unreadable-column', message: 'Elastic cannot give the values of odd' }],
    ]);
  });

  it('is waited for as long as it runs, and removed', async () => {
    let polls = 0;
    const id = 'FmNJRUZ1==/x';
    answer = ({ method, path }) => {
      if (method === 'POST') return { json: { id, is_running: true } };
      if (method === 'GET' && path.includes('/async/'))
        return {
          json:
            ++polls < 3
              ? { id, is_running: true }
              : { id, is_running: false, columns: [{ name: 'a', type: 'long' }], values: [[1]] },
        };
      return { json: { acknowledged: true } };
    };
    const { table, calls } = await ask({ text: 'FROM logs', parameters: { host: 'x' } });
    expect(table.rowCount).toBe(1);
    const place = '/_query/async/FmNJRUZ1%3D%3D%2Fx';
    expect(calls).toEqual(['POST /_query/async', ...Array(3).fill(`GET ${place}`), `DELETE ${place}`]);
    expect(server.received.find(({ method }) => method === 'POST' && polls)!.query.get('format')).toBe('json');
    polls = Number.NEGATIVE_INFINITY;
    await expect(ask({ text: 'FROM logs' }, ', timeoutInMs: 60000')).rejects.toThrow(
      'did not finish the query in 60 s',
    );
    expect(server.received.at(-1)!.method).toBe('DELETE');
  });

  it('runs in one call on releases that know no other', async () => {
    answer = ({ path }) =>
      path === '/_query'
        ? { json: { columns: [{ name: 'a', type: 'long' }], values: [[1]] } }
        : { status: 400, json: { error: 'no handler found for uri [/_query/async?format=json] and method [POST]' } };
    const { table, calls } = await ask({ table: 'logs' });
    expect([table.rowCount, calls]).toEqual([1, ['POST /_query/async', 'POST /_query']]);
  });

  it('has a limit of rows, a breaker that is waited out, and shards that may not answer', async () => {
    const values = Array.from({ length: 10_000 }, (_, n) => [n]);
    answer = () => ({ json: { is_partial: true, columns: [{ name: 'a', type: 'integer' }], values } });
    const tripped = { type: 'circuit_breaking_exception', reason: '[parent] Data too large' };
    server.next({ status: 429, json: { error: { root_cause: [tripped], ...tripped }, status: 429 } });
    const { warnings, partial, calls } = await ask({ text: 'FROM logs' });
    expect([partial, warnings.map(({ code }) => code), calls.length]).toEqual([
      true,
      ['row-limit', 'partial-result'],
      2,
    ]);
    const { query } = server.received.at(-1)!.json() as { query: string };
    expect(query).toBe('FROM logs\n| LIMIT 10000');
    const wrong = { type: 'verification_exception', reason: 'Unknown column [x]' };
    server.next({ status: 400, json: { error: { root_cause: [wrong], ...wrong }, status: 400 } });
    await expect(ask({ text: 'FROM logs | WHERE x == 1' })).rejects.toThrow('Unknown column [x]');
  });
});

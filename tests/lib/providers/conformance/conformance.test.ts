import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toErrorInfo } from '../../../../lib/errors.ts';
import { openProvider } from '../../../../lib/providers/index.ts';
import { cell, findColumn, isoFromTicks, type Table } from '../../../../lib/tables/index.ts';
import { testConnections } from '../../../support/cloud/connections.ts';
import { type LoopbackServer, type Reply, startLoopback } from '../../../support/cloud/loopback-server.ts';
import { EXPECTED_ON_THE_WIRE, SERVICES } from './services.ts';

const SECRETS = { SPLUNK_TOKEN: 'canary-splunk-token', ELASTIC_KEY: 'canary-elastic-key' };
const NOW = Date.UTC(2024, 4, 3);
const BUSY: Reply = { status: 503, body: 'Service Unavailable' };

describe.each(SERVICES)('$type keeps the contract of providers', (service) => {
  let server: LoopbackServer;
  beforeEach(async () => {
    server = await startLoopback((request) => service.answer(request));
  });
  afterEach(() => server.close());

  const connect = () => testConnections(service.settings(server.url), SECRETS);
  const ask = async (connections = connect(), signal?: AbortSignal) => {
    const provider = await openProvider(service.type, connections);
    return provider.query({ ...service.request, nowInMs: NOW }, signal ? { signal } : {});
  };
  const failure = async (connections = connect()) =>
    ask(connections).then(
      () => expect.unreachable('it should fail'),
      (error: unknown) => toErrorInfo(error),
    );

  it('sends values as literals and gives typed rows', async () => {
    const result = await ask();
    expect(service.sent(server.received[0]!)).toBe(EXPECTED_ON_THE_WIRE[service.type]);
    expect(result).toMatchObject({ partial: false, warnings: [] });
    const table = result.table as Table;
    expect(table.rowCount).toBe(2);
    for (const [name, type, first, second] of service.columns) {
      const column = findColumn(table, name);
      expect(column?.type, name).toBe(type);
      const cells = [0, 1].map((row) => {
        const value = cell(column!, row);
        return type === 'datetime' && typeof value === 'bigint' ? isoFromTicks(value) : value;
      });
      expect(cells, name).toEqual([first, second]);
    }
  });

  it('waits as it is told when it is throttled', async () => {
    const connections = connect();
    server.next({
      status: 429,
      headers: { 'retry-after': '11' },
      json: { error: { code: 'TooManyRequests', message: 'slow down' } },
    });
    expect((await ask(connections)).table).toMatchObject({ rowCount: 2 });
    expect(connections.pauses[0]).toBe(11_000);
  });

  it('gives up when it is told to wait too long, and says how long', async () => {
    const connections = connect();
    server.next({ status: 429, headers: { 'retry-after': '3600' }, json: {} });
    const { code, message } = await failure(connections);
    expect(code).toBe('throttled');
    expect(message).toContain('3600 s');
    expect(connections.pauses).toEqual([]);
  });

  it('renews what was refused, once', async () => {
    server.next({ status: 401, json: { error: { code: 'InvalidAuthenticationToken', message: 'expired' } } });
    expect((await ask()).table).toMatchObject({ rowCount: 2 });
    server.next(...Array.from({ length: 3 }, () => ({ status: 401, json: { error: { message: 'no' } } })));
    expect((await failure()).code).toBe('unauthorized');
    server.next({ status: 403, json: { error: { code: 'Forbidden', message: 'no' } } });
    expect((await failure()).code).toBe('unauthorized');
  });

  it('outlasts a short outage, cut-off answers and a proxy in between', async () => {
    if (service.isRepeatable === false) {
      server.next(BUSY);
      expect((await failure()).code).toBe('unavailable');
      expect(server.received).toHaveLength(1);
      return;
    }
    const cut: Reply = { json: { value: 'x'.repeat(1000) }, cutAfter: 20 };
    server.next(BUSY, cut, { body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } });
    expect((await ask()).table).toMatchObject({ rowCount: 2 });
  });

  it('says in few words that a service is down, however much it sends', async () => {
    const noise = `{"error":{"code":"X","message":"${'canary '.repeat(800_000)}"}}`;
    server.next(
      ...Array.from({ length: 8 }, () => ({
        status: 500,
        body: noise,
        headers: { 'content-type': 'application/json' },
      })),
    );
    const { code, message } = await failure();
    expect(code).toBe('unavailable');
    expect(message.length).toBeLessThan(1500);
  });

  it('stops when the caller stops', async () => {
    server.next({ ...BUSY, delayInMs: 10_000 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(ask(connect(), controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('shows no token and no key in an error', async () => {
    const connections = connect();
    const echo = (status: number): Reply => ({
      status,
      json: { error: { message: `you sent canary-splunk-token canary-elastic-key ${status}` } },
    });
    for (const status of [400, 403]) {
      server.next(echo(status));
      const info = JSON.stringify(await failure(connections));
      if (service.type === 'splunk') expect(info).not.toContain('canary-splunk-token');
      if (service.type === 'elastic') expect(info).not.toContain('canary-elastic-key');
      expect(info).not.toContain('Bearer');
    }
  });

  it('gives a part as a part', async () => {
    if (!service.partial) return;
    server.next(service.partial.reply);
    const result = await ask();
    expect(result.partial).toBe(true);
    expect(result.warnings.map(({ code }) => code)).toContain(service.partial.code);
  });
});

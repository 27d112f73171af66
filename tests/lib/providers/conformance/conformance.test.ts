import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toErrorInfo } from '../../../../lib/errors.ts';
import { openProvider } from '../../../../lib/providers/index.ts';
import { cell, findColumn, isoFromTicks, type Table } from '../../../../lib/tables/index.ts';
import { testConnections } from '../../../support/cloud/connections.ts';
import { type LoopbackServer, type Reply, startLoopback } from '../../../support/cloud/loopback-server.ts';
import { CASES, type Case, NOW } from './cases.ts';
import { EXPECTED_ON_THE_WIRE, SERVICES, UPLOADS } from './services.ts';

const SECRETS = { SPLUNK_TOKEN: 'canary-splunk-token', ELASTIC_KEY: 'canary-elastic-key' };
const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = { cacheFolder: join(folder, 'cache'), resultFolder: join(folder, 'results') };

let server: LoopbackServer;
let elsewhere: LoopbackServer;
let changes: (reply: Reply) => Reply = (reply) => reply;
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  changes = (reply) => reply;
  await Promise.all([server.close(), elsewhere.close()]);
});

/** Runs a case; what it comes to is the number of rows. */
async function runCase(
  type: string,
  given: Case,
  connections: ReturnType<typeof testConnections>,
  run: () => Promise<number>,
): Promise<void> {
  server.next(...(given.replies?.(elsewhere.url) ?? []));
  if (given.changes) changes = given.changes;
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  if (given.timeoutInMs !== undefined) {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(given.timeoutInMs!));
  }
  const outcome = given.except?.[type]?.outcome ?? given.outcome;
  const found = await run().then(
    (rowCount) => ({ rowCount }),
    (error: unknown) => ({ error: toErrorInfo(error) }),
  );
  if (outcome === 'rows') expect(found).toEqual({ rowCount: 2 });
  else {
    const { code, message } = 'error' in found ? found.error : expect.unreachable('it should fail');
    expect(code, message).toBe(outcome.code);
    if (outcome.says) expect(message).toMatch(outcome.says);
    expect(message.length).toBeLessThan(1500);
    expect(message).not.toContain('canary-');
  }
  if (given.pauses) expect(connections.pauses).toEqual(given.pauses);
  if (type !== 'security-datasets') expect(elsewhere.received).toEqual([]);
}

describe.each(SERVICES)('$type keeps the contract of providers', (service) => {
  beforeEach(async () => {
    server = await startLoopback((request) => changes(service.answer(request)));
    elsewhere = await startLoopback(() => ({ status: 404, body: 'no' }));
  });

  const connect = () => testConnections(service.settings(server.url), SECRETS);
  const ask = async (connections = connect(), signal?: AbortSignal) => {
    const provider = await openProvider(service.type, connections, files);
    return provider.query({ ...service.request, nowInMs: NOW }, signal ? { signal } : {});
  };

  it.each(CASES)('$name', async (given) => {
    const connections = connect();
    await runCase(service.type, given, connections, async () => ((await ask(connections)).table as Table).rowCount);
  });

  it('names the page of its wire format', () => {
    expect(service.source).toMatch(/^[a-z0-9.]+\.[a-z]+\/\S+/);
  });

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

  it('stops when the caller stops', async () => {
    server.next({ status: 503, body: 'busy', delayInMs: 10_000 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(ask(connect(), controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('shows no token and no key in an error', async () => {
    const said = { error: { message: 'you sent canary-splunk-token canary-elastic-key' } };
    for (const status of [400, 403]) {
      const connections = connect();
      server.next({ status, json: said });
      const error = await ask(connections).then(
        () => expect.unreachable('it should fail'),
        (reason: unknown) => JSON.stringify(toErrorInfo(reason)),
      );
      if (service.type === 'splunk') expect(error).not.toContain('canary-splunk-token');
      if (service.type === 'elastic') expect(error).not.toContain('canary-elastic-key');
      expect(error).not.toContain('Bearer');
    }
  });

  // Lists of REST APIs and of jobs know no part: what they lack is an error, or a warning with tests of its own.
  it.skipIf(!service.partial)('gives a part as a part', async () => {
    server.next(service.partial!.reply);
    const result = await ask();
    expect(result.partial).toBe(true);
    expect(result.warnings.map(({ code }) => code)).toContain(service.partial!.code);
  });
});

describe.each(UPLOADS)('$type keeps the contract of uploads', (service) => {
  beforeEach(async () => {
    server = await startLoopback((request) => changes(service.answer(request)));
    elsewhere = await startLoopback(() => ({ status: 404, body: 'no' }));
  });

  it.each(CASES)('$name', async (given) => {
    const connections = testConnections(service.settings(server.url), SECRETS);
    await runCase(service.type, given, connections, () => service.upload(connections));
  });
});

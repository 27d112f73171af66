import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { toErrorInfo } from '../../../../lib/errors.ts';
import type { AnswerWorker } from '../../../../lib/providers/answers/answer-tasks.ts';
import { openProvider, type QueryResult } from '../../../../lib/providers/index.ts';
import { parquetSource, rowCountOf, toRows } from '../../../../lib/tables/index.ts';
import { answersInWorker } from '../../../../lib/verbs/answer-worker.ts';
import { closeWorkers } from '../../../../lib/verbs/worker-pool.ts';
import { testConnections } from '../../../support/cloud/connections.ts';
import { enlarged } from '../../../support/cloud/large-answer.ts';
import { type LoopbackServer, type Reply, startLoopback } from '../../../support/cloud/loopback-server.ts';
import { SERVICES } from './services.ts';

const SECRETS = { SPLUNK_TOKEN: 'canary-splunk-token', ELASTIC_KEY: 'canary-elastic-key' };
const NOW = Date.UTC(2024, 4, 3);
/** Of two rows each; below a page of Splunk's. */
const TIMES = 4000;
/** What may be parsed on the thread that asks. */
const SMALL = 300 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-large-'));
});
afterAll(async () => {
  await closeWorkers();
  await rm(folder, { recursive: true });
});

/** What answers with rows; the catalogue of datasets is many small files. */
const ANSWERING = SERVICES.filter(({ type }) => type !== 'security-datasets');

describe.each(ANSWERING)('a large answer of $type', (service) => {
  let server: LoopbackServer;
  let reply: (given: Reply) => Reply;
  beforeEach(async () => {
    reply = (given) => enlarged(service.type, given, TIMES);
    server = await startLoopback((request) => reply(service.answer(request)));
  });
  afterEach(() => server.close());

  const ask = async (answers: AnswerWorker | undefined, maxRows?: number, signal?: AbortSignal) => {
    const { maxRows: _, ...request } = service.request;
    const provider = await openProvider(service.type, testConnections(service.settings(server.url), SECRETS), {
      cacheFolder: folder,
      resultFolder: folder,
      ...(answers ? { answers } : {}),
    });
    return provider.query(
      { ...request, nowInMs: NOW, ...(maxRows === undefined ? {} : { maxRows }) },
      signal ? { signal } : {},
    );
  };
  const failure = (asked: Promise<QueryResult>) =>
    asked.then(
      () => expect.unreachable('it should fail'),
      (error: unknown) => toErrorInfo(error),
    );
  const rowsIn = async ({ table }: QueryResult) =>
    toRows('parts' in table ? await parquetSource(table, 'result').read() : table);

  it('is never parsed on the thread that asks, and is the same to the last digit', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const read = await ask(answersInWorker(folder));
    const parsed = parse.mock.calls.map(([text]) => text.length);
    parse.mockRestore();
    expect(Math.max(0, ...parsed)).toBeLessThan(SMALL);
    expect(read.table).toHaveProperty('parts');
    const here = await ask(undefined);
    expect(here.table).not.toHaveProperty('parts');
    expect(rowCountOf(here.table)).toBeGreaterThanOrEqual(TIMES);
    expect(await rowsIn(read)).toEqual(await rowsIn(here));
    expect({ ...read, table: null }).toEqual({ ...here, table: null });
  });

  it('is cut at the cap of the caller, wherever that falls', async () => {
    const all = await rowsIn(await ask(undefined));
    for (const maxRows of [1, TIMES + 1, all.length - 1]) {
      const cut = await ask(answersInWorker(folder), maxRows);
      expect(cut).toMatchObject({ partial: true });
      expect(cut.warnings.map(({ code }) => code)).toContain('row-cap');
      expect(await rowsIn(cut)).toEqual(all.slice(0, maxRows));
    }
    const whole = await ask(answersInWorker(folder), all.length);
    expect(whole).toMatchObject({ partial: false, warnings: [] });
    expect(rowCountOf(whole.table)).toBe(all.length);
  });

  it('is asked for again where it is broken, and not for ever', async () => {
    let broken = 1;
    const whole = reply;
    reply = (given) => {
      const large = whole(given);
      if (large === given || broken-- <= 0) return large;
      return { ...large, body: (large.body as string).slice(0, -3) };
    };
    expect(rowCountOf((await ask(answersInWorker(folder))).table)).toBeGreaterThanOrEqual(TIMES);
    expect(broken).toBeLessThan(0);
    broken = Number.POSITIVE_INFINITY;
    const { code, message } = await failure(ask(answersInWorker(folder)));
    expect({ code, message }).toEqual({
      code: 'unavailable',
      message: expect.stringContaining('JSON that is cut off or broken') as string,
    });
    expect(message.length).toBeLessThan(500);
  });

  it('ends with its task when the caller stops', async () => {
    const worker = answersInWorker(folder);
    const controller = new AbortController();
    const stopped = await failure(
      ask(
        {
          ...worker,
          read(body, reading, signal) {
            const running = worker.read(body, reading, signal);
            controller.abort();
            return running;
          },
        },
        undefined,
        controller.signal,
      ),
    );
    expect(stopped.code).toBe('cancelled');
    expect(rowCountOf((await ask(worker)).table)).toBeGreaterThanOrEqual(TIMES);
  });

  it('says that it is a part', async () => {
    const { partial } = service;
    if (!partial) return;
    const isLarge = JSON.stringify(partial.reply.json).length > SMALL;
    const large = enlarged(service.type, partial.reply, isLarge ? 1 : 60_000);
    expect((large.body as string).length).toBeGreaterThan(SMALL);
    server.next(large);
    const read = await ask(answersInWorker(folder));
    server.next(large);
    const here = await ask(undefined);
    expect(read.table).toHaveProperty('parts');
    expect(read.warnings.map(({ code }) => code)).toContain(partial.code);
    expect({ ...read, table: rowCountOf(read.table) }).toEqual({ ...here, table: rowCountOf(here.table) });
  });

  it('leaves no file but those of its result', async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    const { table } = await ask(answersInWorker(own));
    const paths = 'parts' in table ? table.parts.map(({ path }) => path) : [];
    expect((await readdir(own)).map((name) => join(own, name)).sort()).toEqual([...paths].sort());
    expect(paths).toHaveLength(1);
  });
});

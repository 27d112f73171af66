import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectParquet, parquetSource, ticksFromIso, UNIX_EPOCH_TICKS } from '../lib/tables/index.ts';
import { type Received, type Reply, startLoopback } from '../tests/support/cloud/loopback-server.ts';
import { finished, type Served, serve } from '../tests/support/serve.ts';
import { type Bench, measure } from './bench.ts';

const ROW_LIMIT = 50_000;
const REQUEST_EVERY_IN_MS = 1000;
const START = ticksFromIso('2026-03-04T00:00:00Z')!;
const END = ticksFromIso('2026-03-05T00:00:00Z')!;

/** A Log Analytics of so many rows, evenly over a day, that gives 50,000 rows and takes one request a second. */
function logAnalytics(rows: number) {
  const step = (END - START) / BigInt(rows);
  const state = { asked: 0, throttled: 0, acceptedAtInMs: 0 };
  const isoOf = (ticks: bigint) => new Date(Number((ticks - UNIX_EPOCH_TICKS) / 10_000n)).toISOString().slice(0, -1);
  const answer = ({ path, json }: Received): Reply => {
    if (path === '/msi/token') {
      const expires = String(Math.floor(Date.now() / 1000) + 86_400);
      return { json: { access_token: 'loopback-token', expires_on: expires, token_type: 'Bearer' } };
    }
    if (Date.now() - state.acceptedAtInMs < REQUEST_EVERY_IN_MS) {
      state.throttled++;
      return { status: 429, headers: { 'retry-after': '1' }, json: { error: { code: 'ThrottledError' } } };
    }
    state.acceptedAtInMs = Date.now();
    state.asked++;
    const { query } = json() as { query: string };
    const bounds = (operator: string) =>
      [...query.matchAll(new RegExp(`\\['TimeGenerated'\\] ${operator} datetime\\(([^)]+)\\)`, 'g'))].map(
        ([, text]) => ticksFromIso(text!)!,
      );
    const from = bounds('>=').reduce((a, b) => (b > a ? b : a), START);
    const to = bounds('<').reduce((a, b) => (b < a ? b : a), END);
    const first = Number((from - START + step - 1n) / step);
    const last = Math.min(rows, Number((to - START + step - 1n) / step));
    if (/estimate_data_size/.test(query)) return { json: { tables: [slotCounts(first, last, rows)] } };
    const count = Math.min(last - first, ROW_LIMIT);
    const given = Array.from({ length: count }, (_, index) => {
      const ticks = START + BigInt(first + index) * step;
      return [`${isoOf(ticks)}${String((ticks - UNIX_EPOCH_TICKS) % 10_000n).padStart(4, '0')}Z`, first + index];
    });
    const columns = [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Number', type: 'long' },
    ];
    const innererror = {
      code: '-2133196797',
      message: 'The results of this query exceed the set limit (E_QUERY_RESULT_SET_TOO_LARGE).',
    };
    const error = {
      code: 'PartialError',
      message: 'There were some errors when processing your query.',
      details: [{ code: 'EngineError', message: 'limit', innererror }],
    };
    return {
      json: {
        tables: [{ name: 'PrimaryResult', columns, rows: given }],
        ...(last - first > ROW_LIMIT ? { error } : {}),
      },
    };
  };
  return { answer, state };
}

/** The answer to the question how many rows there are, and when: 96 slots of a day, as `lib/providers/estimate.ts` asks. */
function slotCounts(first: number, last: number, rows: number) {
  const SLOTS = 96;
  const columns = ['RowCount', 'SizeInBytes', 'Slot'].map((name) => ({ name, type: 'long' }));
  const at = (slot: number) => Math.ceil((rows * slot) / SLOTS);
  const counts = Array.from({ length: SLOTS }, (_, slot) => {
    const count = Math.max(0, Math.min(last, at(slot + 1)) - Math.max(first, at(slot)));
    return [count, count * 40, slot];
  });
  return { name: 'PrimaryResult', columns, rows: counts.filter(([count]) => count! > 0) };
}

/** A hunt over more rows than a service gives, at one request a second, with the host killed twice; each row once. */
export const bench: Bench = {
  name: 'hunt',
  description: 'A query of 3,000,000 rows over a throttled service that gives 50,000 at once; the host is killed twice',
  async run({ rows = 3_000_000 }) {
    const { answer, state } = logAnalytics(rows);
    const service = await startLoopback(answer);
    const scratch = await mkdtemp(join(tmpdir(), 'trailhound-bench-'));
    const playbook = join(scratch, 'all.yaml');
    await writeFile(
      playbook,
      'name: all-events\nsteps:\n  events: { verb: query.run, with: { provider: log-analytics, table: SecurityEvent } }\n',
    );
    const env = {
      IDENTITY_ENDPOINT: `${service.url}/msi/token`,
      IDENTITY_HEADER: 'loopback',
      TRAILHOUND__endpoints__logAnalytics: service.url,
      TRAILHOUND__workspaces: JSON.stringify([{ name: 'soc', workspaceId: '11111111-2222-3333-4444-555555555555' }]),
    };
    let served: Served = await serve({ env });
    try {
      const startedInMs = performance.now();
      const body = { playbook, id: 'hunt', timeRange: { start: '2026-03-04T00:00:00Z', end: '2026-03-05T00:00:00Z' } };
      const headers = { 'content-type': 'application/json' };
      await fetch(`${served.url}/api/investigations`, { method: 'POST', headers, body: JSON.stringify(body) });
      const floorQuestions = Math.ceil(rows / ROW_LIMIT);
      for (const questions of [Math.ceil(floorQuestions / 3), floorQuestions]) {
        while (state.asked < questions) await new Promise((resolve) => setTimeout(resolve, 50));
        await served.kill();
        served = await serve({ env, folder: served.folder });
      }
      const document = (await finished(served.url, 'hunt')) as unknown as {
        status: string;
        steps: { rowsOut: number; partial: boolean }[];
        tables: { parts: { path: string }[] }[];
      };
      const seconds = (performance.now() - startedInMs) / 1000;
      const seen = new Uint8Array(rows);
      for (const { path } of document.tables[0]?.parts ?? []) {
        const table = await parquetSource(await inspectParquet(path), 'part').read(['Number']);
        for (const value of table.columns[0]!.values as BigInt64Array) seen[Number(value)]!++;
      }
      const once = seen.every((count) => count === 1);
      if (document.status !== 'completed' || document.steps[0]!.partial || !once) {
        throw new Error(
          `the hunt ended ${document.status}, with ${document.steps[0]!.rowsOut} rows${once ? '' : ', not each of them once'}`,
        );
      }
      const name = `hunt (${state.asked} questions, ${state.throttled} told to wait, 2 kills; each row once)`;
      return [measure(name, rows, seconds, (floorQuestions * REQUEST_EVERY_IN_MS) / 1000)];
    } finally {
      await served.stop();
      await service.close();
      await rm(scratch, { recursive: true });
    }
  },
};

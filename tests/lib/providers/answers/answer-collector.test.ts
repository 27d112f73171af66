import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrailhoundError } from '../../../../lib/errors.ts';
import { openProvider, type QueryResult } from '../../../../lib/providers/index.ts';
import {
  isoFromTicks,
  type ParquetTable,
  parquetSource,
  rowCountOf,
  schemaOf,
  ticksFromIso,
  toRows,
} from '../../../../lib/tables/index.ts';
import { answersInWorker } from '../../../../lib/verbs/answer-worker.ts';
import { closeWorkers, runInWorker } from '../../../../lib/verbs/worker-pool.ts';
import { testConnections } from '../../../support/cloud/connections.ts';
import { logAnalyticsOver } from '../../../support/cloud/log-analytics-service.ts';
import {
  type LoopbackServer,
  type Received,
  type Reply,
  startLoopback,
} from '../../../support/cloud/loopback-server.ts';
import { runQuery } from '../../../support/run-query.ts';

const WORKSPACES = {
  soc: '11111111-2222-3333-4444-555555555555',
  ot: '66666666-2222-3333-4444-555555555555',
  lab: '99999999-2222-3333-4444-555555555555',
};
const nowInMs = Date.UTC(2024, 4, 2);

let folder: string;
let server: LoopbackServer;
let answer: (request: Received) => Reply;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-collector-'));
});
beforeEach(async () => {
  server = await startLoopback((request) => answer(request));
});
afterEach(() => server.close());
afterAll(async () => {
  await closeWorkers();
  await rm(folder, { recursive: true });
});

const connectionsOf = () =>
  testConnections(`
endpoints: { logAnalytics: '${server.url}', resourceManager: '${server.url}' }
workspaces:
${Object.entries(WORKSPACES)
  .map(([workspace, id]) => `  - { name: ${workspace}, workspaceId: ${id} }`)
  .join('\n')}
providers:
  all: { type: log-analytics, workspaces: [soc, ot, lab] }
`);
const open = (name: string, isInWorker: boolean, run?: typeof runInWorker) =>
  openProvider(name, connectionsOf(), {
    cacheFolder: folder,
    resultFolder: folder,
    ...(isInWorker ? { answers: answersInWorker(folder, run) } : {}),
  });
const rowsIn = async ({ table }: QueryResult) =>
  toRows('parts' in table ? await parquetSource(table, 'result').read() : table);

type Column = readonly [name: string, type: string, cell: (row: number) => unknown];

function tableOf(columns: readonly Column[], rowCount: number): Reply {
  const rows = Array.from({ length: rowCount }, (_, row) => columns.map(([, , cell]) => cell(row)));
  return {
    json: { tables: [{ name: 'PrimaryResult', columns: columns.map(([name, type]) => ({ name, type })), rows }] },
  };
}

describe('answers of several workspaces', () => {
  const TIME: Column = ['TimeGenerated', 'datetime', () => '2024-05-01T10:00:00.1234567Z'];
  const TEXT: Column = ['Text', 'string', (row) => `${'x'.repeat(60)} ${row}`];
  const BIG: Column = ['Value', 'long', (row) => String(9007199254740993n + BigInt(row))];
  const REAL: Column = ['Value', 'real', (row) => row / 3];
  const OWN: Column = ['Own', 'dynamic', (row) => ({ row })];

  /** What each workspace answers, by its name. */
  const workspaces = (tables: Readonly<Record<string, Reply>>) => (request: Received) => {
    const [name] = Object.entries(WORKSPACES).find(([, id]) => request.path.includes(id))!;
    return tables[name] ?? { status: 403, json: { error: { code: 'InsufficientAccessError', message: 'no access' } } };
  };

  it('are parts as they lie where they have one schema, in order of the workspaces', async () => {
    const NUMBER: Column = ['N', 'long', (row) => row];
    answer = workspaces({
      soc: { ...tableOf([NUMBER], 60_000), delayInMs: 300 },
      ot: tableOf([NUMBER], 60_000),
      lab: tableOf([NUMBER], 50_000),
    });
    const { table } = await (await open('all', true)).query({ kql: 'T', nowInMs });
    expect(table).toMatchObject({ parts: [{ rowCount: 60_000 }, { rowCount: 60_000 }, { rowCount: 50_000 }] });
    const source = parquetSource(table as ParquetTable, 'result');
    const taken = await source.take([0, 59_999, 60_000, 119_999, 120_000, 169_999]);
    expect(toRows(taken).map((row) => [row['N'], row['Workspace']])).toEqual([
      [0n, 'soc'],
      [59_999n, 'soc'],
      [0n, 'ot'],
      [59_999n, 'ot'],
      [0n, 'lab'],
      [49_999n, 'lab'],
    ]);
  });

  it('are united where their schemas differ, as they are without a worker', async () => {
    answer = workspaces({
      soc: tableOf([TIME, TEXT, BIG], 3000),
      ot: tableOf([REAL, TEXT, OWN, TIME], 5000),
      lab: tableOf([['TimeGenerated', 'string', () => 'never'], BIG], 3),
    });
    const request = { kql: 'T', nowInMs };
    const read = await (await open('all', true)).query(request);
    const here = await (await open('all', false)).query(request);
    expect(read.table).toHaveProperty('parts');
    expect((read.table as { schema: unknown }).schema).toEqual([
      { name: 'TimeGenerated', type: 'string' },
      { name: 'Text', type: 'string' },
      { name: 'Value', type: 'string' },
      { name: 'Workspace', type: 'string' },
      { name: 'Own', type: 'dynamic' },
    ]);
    const rows = await rowsIn(read);
    expect(rows).toEqual(await rowsIn(here));
    expect(rows[1]).toEqual({
      TimeGenerated: '2024-05-01T10:00:00.1234567Z',
      Text: `${'x'.repeat(60)} 1`,
      Value: '9007199254740994',
      Workspace: 'soc',
      Own: null,
    });
    for (const maxRows of [1, 3000, 3001, 8001, 8002]) {
      const cut = await (await open('all', true)).query({ ...request, maxRows });
      expect(cut).toMatchObject({ partial: true, warnings: [{ code: 'row-cap' }] });
      expect(await rowsIn(cut)).toEqual(rows.slice(0, maxRows));
    }
  });

  it('say where they are from under one name, whichever of them has a column of that name', async () => {
    const NAMED: Column = ['Workspace', 'string', () => 'own'];
    const tables = (soc: number, ot: number) =>
      workspaces({ soc: tableOf([TEXT], soc), ot: tableOf([NAMED, TEXT], ot), lab: tableOf([TEXT], 2) });
    for (const [soc, ot] of [
      [4000, 3000],
      [4000, 1],
      [1, 4000],
      [1, 1],
    ] as const) {
      answer = tables(soc, ot);
      const read = await rowsIn(await (await open('all', true)).query({ kql: 'T', nowInMs }));
      const here = await rowsIn(await (await open('all', false)).query({ kql: 'T', nowInMs }));
      expect(read).toEqual(here);
      expect(Object.keys(read[0]!)).toEqual(['Text', 'Workspace1', 'Workspace']);
      expect([0, soc, soc + ot].map((row) => [read[row]!['Workspace'], read[row]!['Workspace1']])).toEqual([
        [null, 'soc'],
        ['own', 'ot'],
        [null, 'lab'],
      ]);
    }
  });

  it('keep the others where one fails, and a limit of one is said to be a limit', async () => {
    answer = workspaces({ soc: tableOf([TIME, TEXT], 4000) });
    const refused = await (await open('all', true)).query({ kql: 'T', nowInMs });
    expect(refused.partial).toBe(true);
    expect(refused.warnings.map(({ code, message }) => [code, message.slice(0, 14)])).toEqual([
      ['source-failed', 'workspace ot: '],
      ['source-failed', 'workspace lab:'],
    ]);
    expect(rowCountOf(refused.table)).toBe(4000);
    answer = workspaces({
      soc: tableOf([TIME, TEXT], 4000),
      ot: tableOf([TIME, TEXT], 10),
      lab: tableOf([['Text', 'string', () => 'x'.repeat(50 * 1024 * 1024)]], 1),
    });
    const limited = await (await open('all', true)).query({ kql: 'T', nowInMs });
    expect(limited.warnings).toEqual([
      { code: 'size-limit', message: expect.stringContaining('workspace lab: an answer is too large') as string },
    ]);
    expect(rowCountOf(limited.table)).toBe(4010);
  });
});

describe('answers in pages', () => {
  const page = (columns: readonly string[], from: number, rowCount: number, next: string | undefined): Reply => ({
    json: {
      totalRecords: 1,
      data: {
        columns: columns.map((name) => ({ name, type: name === 'n' ? 'integer' : 'string' })),
        rows: Array.from({ length: rowCount }, (_, row) =>
          columns.map((name) => (name === 'n' ? from + row : 'x'.repeat(90))),
        ),
      },
      ...(next === undefined ? {} : { $skipToken: next }),
    },
  });

  it('are put together: small ones in memory and large ones in files, in their order', async () => {
    const sizes = [10, 1000, 1, 3000, 0, 1000, 7];
    answer = (request) => {
      const { options } = request.json() as { options: { $skipToken?: string } };
      const index = Number(options.$skipToken ?? 0);
      const from = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
      return page(['n', 'text'], from, sizes[index]!, index + 1 < sizes.length ? String(index + 1) : undefined);
    };
    const read = await (await open('resource-graph', true)).query({ kql: 'Resources', nowInMs });
    expect(read.table).toMatchObject({ parts: [{ rowCount: 5018 }] });
    expect((await rowsIn(read)).map((row) => row['n'])).toEqual(Array.from({ length: 5018 }, (_, n) => BigInt(n)));
    const asked = server.received.length;
    const cut = await (await open('resource-graph', true)).query({ kql: 'Resources', maxRows: 1005, nowInMs });
    expect(server.received.length - asked).toBe(2);
    expect((await rowsIn(cut)).map((row) => row['n'])).toEqual(Array.from({ length: 1005 }, (_, n) => BigInt(n)));
  });
});

describe('pages whose fields differ', () => {
  const connections = () =>
    testConnections(`providers: { siem: { type: splunk, url: '${server.url}', token: env:T } }`, { T: 'x' });

  it('give a field one type: a list wherever it has several values', async () => {
    const first = Array.from({ length: 50_000 }, (_, n) => ({ _time: '2024-05-01T10:00:00Z', n: `${n}`, tags: 'a' }));
    const second = [{ _time: '2024-05-01T11:00:00Z', n: 'last', tags: ['a', 'b'], more: 'x' }];
    answer = ({ method, path, query }) => {
      if (method === 'DELETE') return { json: {} };
      if (path.endsWith('/search/jobs')) return { status: 201, json: { sid: '1' } };
      if (!path.endsWith('/results')) return { json: { entry: [{ content: { isDone: true } }] } };
      const isFirst = query.get('offset') === '0';
      const fields = ['_time', 'n', 'tags', ...(isFirst ? [] : ['more'])].map((name) => ({ name }));
      return { json: { fields, results: isFirst ? first : second } };
    };
    for (const isInWorker of [true, false]) {
      const provider = await openProvider('siem', connections(), {
        cacheFolder: folder,
        resultFolder: folder,
        ...(isInWorker ? { answers: answersInWorker(folder) } : {}),
      });
      const { table, warnings } = await provider.query({ text: 'index=main', nowInMs });
      expect(warnings).toEqual([]);
      const schema = 'parts' in table ? table.schema : schemaOf(table);
      expect(schema.map(({ name, type }) => `${name} ${type}`)).toEqual([
        '_time datetime',
        'n string',
        'tags dynamic',
        'more string',
      ]);
      const rows = await rowsIn({ table, warnings, partial: false });
      expect(rows).toHaveLength(50_001);
      expect([rows[0], rows[50_000]]).toMatchObject([
        { n: '0', tags: '"a"', more: null },
        { n: 'last', tags: '["a","b"]', more: 'x' },
      ]);
    }
  });
});

describe('a limit that a worker meets', () => {
  it('has the query asked for in halves', async () => {
    const start = ticksFromIso('2024-05-01T00:00:00Z')!;
    const rows = Array.from({ length: 8000 }, (_, id) => ({ ticks: start + BigInt(id) * 10_000_000n, id }));
    answer = logAnalyticsOver(rows, 1_000_000, isoFromTicks);
    // A thread that can read no more than so much, as if its memory were used up.
    const run: typeof runInWorker = (task, input, options) => {
      const { body } = input as { body?: readonly Uint8Array[] };
      const size = (body ?? []).reduce((sum, piece) => sum + piece.length, 0);
      if (size > 300_000) return Promise.reject(new TrailhoundError('limit', `${task} needs more memory`));
      return runInWorker(task, input, options);
    };
    const { result, rows: found } = await runQuery({
      provider: await open('log-analytics', true, run),
      connections: connectionsOf(),
      parameters: { provider: 'log-analytics', table: 'T' },
      timeRange: { start: isoFromTicks(start), end: isoFromTicks(start + 8000n * 10_000_000n) },
    });
    expect(result).toMatchObject({ partial: false, warnings: [{ code: 'split' }] });
    expect(found.map((row) => row['Id'])).toEqual(rows.map(({ id }) => BigInt(id)));
  });
});

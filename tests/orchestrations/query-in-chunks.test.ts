import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logAnalytics } from '../../lib/providers/log-analytics.ts';
import { type Chunk, slices } from '../../lib/providers/split/chunk.ts';
import { planSplit } from '../../lib/providers/split/split-plan.ts';
import { isoFromTicks, ticksFromIso } from '../../lib/tables/index.ts';
import { testConnections } from '../support/cloud/connections.ts';
import { logAnalyticsOver, type StoredRow } from '../support/cloud/log-analytics-service.ts';
import { startLoopback } from '../support/cloud/loopback-server.ts';
import { type QueryRun, runQuery } from '../support/run-query.ts';

const start = ticksFromIso('2024-05-01T00:00:00Z')!;
const end = ticksFromIso('2024-05-02T00:00:00Z')!;

interface Given extends Partial<Omit<QueryRun, 'parameters' | 'timeRange'>> {
  readonly timeRange?: { readonly start: bigint; readonly end: bigint };
  /** Whether the service tells how many rows there are. */
  readonly estimates?: boolean;
  /** The limit that is known of the service; default: that of Log Analytics. */
  readonly knownRowLimit?: number;
}

async function run(
  rows: readonly StoredRow[],
  rowLimit: number,
  parameters: Record<string, unknown>,
  { timeRange = { start, end }, estimates = false, knownRowLimit, ...more }: Given = {},
) {
  const server = await startLoopback(logAnalyticsOver(rows, rowLimit, isoFromTicks, { estimates }));
  const connections = testConnections(
    `endpoints: { logAnalytics: '${server.url}' }\nworkspaces: [{ name: soc, workspaceId: 11111111-2222-3333-4444-555555555555 }]`,
  );
  try {
    const provider = logAnalytics('soc', { type: 'log-analytics' }, connections);
    const limits = { rows: knownRowLimit ?? provider.limits!.rows, sizeInBytes: provider.limits!.sizeInBytes };
    const ran = await runQuery({
      provider: { ...provider, limits },
      connections,
      parameters: { provider: 'soc', ...parameters },
      timeRange: { start: isoFromTicks(timeRange.start), end: isoFromTicks(timeRange.end) },
      ...more,
    });
    const questions = server.received.map((request) => (request.json() as { query: string }).query);
    const isEstimate = (question: string) => question.includes('estimate_data_size');
    return {
      ...ran,
      questions: questions.filter((question) => !isEstimate(question)),
      estimated: questions.filter(isEstimate),
    };
  } finally {
    await server.close();
  }
}
const ids = (rows: readonly Record<string, unknown>[]) => rows.map((row) => Number(row['Id']));
/** A thousandth of a second: not far from a single instant. */
const instant = { start: start + 5n, end: start + 10_005n };
const middle = instant.start + 777n;

const STEP = 800_000_000n;
const evenly = (count: number): StoredRow[] =>
  Array.from({ length: count }, (_, id) => ({ ticks: start + (BigInt(id) * STEP * 999n) / BigInt(count), id }));

describe('a query of a service', () => {
  it('is asked once where everything fits', async () => {
    const { questions, result } = await run([{ ticks: start, id: 0 }], 10, { kql: 'T' });
    expect(questions).toHaveLength(1);
    expect(result).toMatchObject({ partial: false, warnings: [] });
  });

  it('gives each row once, those on the boundaries of parts too', async () => {
    const rows: StoredRow[] = [];
    // Bunched in the evening, and at both sides of every boundary that halving can make in the first levels.
    for (let id = 0; id < 1000; id++) rows.push({ ticks: end - 1n - BigInt(id) * 9_999_999n, id });
    for (let level = 1, id = 1000; level <= 6; level++) {
      for (let part = 0; part <= 1 << level; part++) {
        const boundary = start + ((end - start) * BigInt(part)) / BigInt(1 << level);
        for (const ticks of [boundary - 1n, boundary]) rows.push({ ticks, id: id++ });
      }
    }
    const within = rows.filter(({ ticks }) => ticks >= start && ticks < end);
    for (const estimates of [false, true]) {
      const { result, rows: found } = await run(rows, 200, { table: 'T' }, { estimates });
      expect(ids(found).sort((a, b) => a - b)).toEqual(within.map(({ id }) => id).sort((a, b) => a - b));
      expect(result).toMatchObject({
        partial: false,
        warnings: [{ code: 'split', message: expect.stringMatching(/^asked in \d+ parts/) }],
      });
      expect(result!.tables[0]!.parts.length).toBeGreaterThan(5);
    }
  });

  it('shares out the rows of a single instant', async () => {
    const rows = Array.from({ length: 1000 }, (_, id) => ({ ticks: middle, id }));
    const given = { kql: 'T | project TimeGenerated, Id' };
    const { result, rows: found } = await run(rows, 300, given, { timeRange: instant });
    expect(ids(found).sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
    expect(result!.partial).toBe(false);
  });

  it('says so where an instant has more equal rows than can be given', async () => {
    const rows = Array.from({ length: 50 }, () => ({ ticks: middle, id: 0 }));
    const { result } = await run(rows, 20, { kql: 'T' }, { timeRange: { start: middle, end: middle + 2n } });
    expect(result!.partial).toBe(true);
    expect(result!.warnings.map(({ code }) => code)).toContain('rows-missing');
  });

  it('is added up where it can be added up, and refused where it cannot', async () => {
    const kql = 'T | summarize Count = count(), First = min(TimeGenerated) by Kind';
    const { rows: found, result } = await run(evenly(999), 100, { kql });
    expect(found.sort((a, b) => (String(a['Kind']) < String(b['Kind']) ? -1 : 1))).toEqual(
      [0, 1, 2].map((kind) => ({ Kind: `kind ${kind}`, Count: 333n, First: start + BigInt(kind) * STEP })),
    );
    expect(result!.partial).toBe(false);
    const { error } = await run(evenly(999), 100, { kql: 'T | summarize dcount(Id)' });
    expect(error).toMatchObject({ code: 'limit', message: expect.stringContaining('dcount() of the parts') });
  });

  it('stops when there are rows enough', async () => {
    const { rows, questions, result } = await run(evenly(999), 100, { kql: 'T', maxRows: 150 });
    expect(rows).toHaveLength(150);
    expect(questions.length).toBeLessThan(20);
    expect(result).toMatchObject({ partial: true });
    expect(result!.warnings.map(({ code }) => code)).toContain('row-cap');
  });

  it('ends where the budget ends, keeps what came, and says what is missing', async () => {
    const few = await run(evenly(999), 100, { kql: 'T' }, { allowance: { queries: 20 } });
    expect(few.questions).toHaveLength(20);
    expect(few.result).toMatchObject({ partial: true, spent: { queries: 20 } });
    expect(few.rows.length).toBeGreaterThan(0);
    const said = few.result!.warnings.find(({ code }) => code === 'budget')!.message;
    expect(said).toMatch(/budgets\.queries.*rows are missing of 2024-05-0/);
    const some = await run(evenly(999), 5000, { kql: 'T' }, { allowance: { rows: 70 } });
    expect(some.rows).toHaveLength(70);
    expect(some.result!.warnings.map(({ code }) => code)).toEqual(['row-cap', 'budget']);
    const none = await run(evenly(999), 100, { kql: 'T' }, { allowance: { rows: 0 } });
    expect(none.error).toMatchObject({ code: 'budget' });
    const late = await run(evenly(999), 100, { kql: 'T' }, { deadlineInMs: 1 });
    expect(late.error).toMatchObject({ code: 'budget', message: expect.stringContaining('wallTimeInMs') });
  });

  it('goes on where its history is cut', async () => {
    const { rows, trace } = await run(evenly(600), 10, { table: 'T' });
    expect(ids(rows)).toEqual(evenly(600).map(({ id }) => id));
    expect(trace.generations).toBeGreaterThan(0);
  });

  it('never has more questions under way than the lease of its identity gives', async () => {
    const { trace } = await run(evenly(999), 50, { table: 'T' }, { leases: ['one', 'two'] });
    expect(trace.mostAtOnce).toBe(5);
  });
});

describe('an estimate', () => {
  it('plans parts that fit, so that no answer is thrown away', async () => {
    const planned = await run(evenly(9_990), 1000, { table: 'T' }, { estimates: true, knownRowLimit: 1000 });
    expect(ids(planned.rows)).toEqual(evenly(9_990).map(({ id }) => id));
    expect(planned.estimated).toHaveLength(1);
    // Ten are the least that can do.
    expect(planned.questions.length).toBeLessThanOrEqual(12);
    expect(planned.trace.activities[0]).toBe('estimate-query');
    expect(planned.result).toMatchObject({ partial: false, spent: { rows: 9_990 } });
    expect(planned.result!.warnings[0]!.message).toMatch(/for an estimate of 9990 rows; estimated before: 9990 rows/);
  });

  it('learns from a service that gives less than it is known to', async () => {
    const blind = await run(evenly(999), 30, { table: 'T' });
    const told = await run(evenly(999), 30, { table: 'T' }, { estimates: true, knownRowLimit: 400 });
    expect(ids(told.rows)).toEqual(evenly(999).map(({ id }) => id));
    expect(told.questions.length).toBeLessThan(0.8 * blind.questions.length);
  });

  it('is not asked where there is nothing to learn', async () => {
    for (const given of [
      { kql: 'T | summarize count() by Kind' },
      { kql: 'T | take 5' },
      { table: 'T', maxRows: 500 },
    ]) {
      expect((await run(evenly(9), 100, given, { estimates: true })).estimated, JSON.stringify(given)).toEqual([]);
    }
  });

  it('looks at the time of rows only where the query leaves it as it was', () => {
    const timeColumn = (kql: string) => planSplit(kql, () => 'TimeGenerated').timeColumn;
    for (const kql of ['T', 'T | where x == 1 | extend y = 2', 'union A, (B | where x == 1)', 'T | lookup (U) on k']) {
      expect(timeColumn(kql), kql).toBe('TimeGenerated');
    }
    for (const kql of [
      'T | project x',
      'T | extend TimeGenerated = now()',
      'T | project-away TimeGenerated',
      'T | mv-expand x',
    ]) {
      expect(timeColumn(kql), kql).toBeNull();
    }
    expect(planSplit('union A, B', (table) => `${table}Time`).timeColumn).toBeNull();
  });
});

describe('splitting', () => {
  it('cuts without a gap or an overlap, down to the tick', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 1_000_000n),
        fc.bigInt(1n, 1_000_000n),
        fc.array(fc.integer({ min: 2, max: 64 }), { maxLength: 30 }),
        (from, length, counts) => {
          let chunks: Chunk[] = [{ start: from, end: from + length }];
          for (const count of counts) {
            const [first, ...rest] = chunks;
            const parts = slices(first!, count);
            if (parts) chunks = [...rest, ...parts];
          }
          const times = chunks.filter(({ bucket }) => !bucket).sort((a, b) => (a.start < b.start ? -1 : 1));
          expect(times.every(({ start: s, end: e }) => s < e)).toBe(true);
          for (let index = 1; index < times.length; index++)
            expect(times[index]!.start >= times[index - 1]!.end).toBe(true);
          const shares = chunks.reduce(
            (sum, { start: s, end: e, bucket }) => sum + Number(e - s) / (bucket?.count ?? 1),
            0,
          );
          expect(shares).toBeCloseTo(Number(length), 6);
        },
      ),
    );
  });

  it('knows which queries may be split', () => {
    const kinds = (kql: string) => {
      try {
        return planSplit(kql, () => 'TimeGenerated').merge.kind;
      } catch {
        return 'refused';
      }
    };
    expect(kinds('union A, (B | where x == 1) | extend y = 1')).toBe('rows');
    expect(kinds('let a = T | where x == 1; a | join kind=inner (U) on k')).toBe('rows');
    expect(kinds('T | distinct a')).toBe('distinct');
    expect(kinds('T | count')).toBe('aggregate');
    for (const kql of [
      'T | join U on k',
      'T | join kind=fullouter U on k',
      'T | summarize avg(x)',
      'T | summarize count() | where count_ > 1',
      'T | top 5 by x',
      'T | serialize | extend p = prev(x)',
      'let a = T; a | where x in (a | project x)',
      'union withsource=S A, B',
      'search "x"',
      'T | sort by x',
    ]) {
      expect(kinds(kql), kql).toBe('refused');
    }
    const scoped = planSplit('T | where x in (U | project x)', () => 'TimeGenerated').kqlOf({ start, end });
    expect(scoped).toContain('in (U | project x)');
    expect(scoped).toMatch(/^\(T \| where/);
  });
});

describe('a search job', () => {
  const WORKSPACE =
    'name: soc, workspaceId: 11111111-2222-3333-4444-555555555555, subscriptionId: 22222222-2222-3333-4444-555555555555, resourceGroup: rg-soc, workspaceName: law-soc';

  /** Azure Resource Manager, whose jobs are done when they have been looked at so often, and Log Analytics beside it. */
  async function search(
    parameters: Record<string, unknown>,
    {
      looks = 3,
      outcome = 'Succeeded',
      workspace = WORKSPACE,
      ...more
    }: Partial<QueryRun> & {
      looks?: number;
      outcome?: string;
      workspace?: string;
    } = {},
  ) {
    const logs = logAnalyticsOver(evenly(30), 1000, isoFromTicks);
    const jobs = new Map<string, { looked: number; body: unknown }>();
    const server = await startLoopback((request) => {
      if (!request.path.includes('/tables/')) return logs(request);
      const job = jobs.get(request.path);
      if (request.method === 'PUT') {
        jobs.set(request.path, { looked: 0, body: request.json() });
        return { status: 202, json: {} };
      }
      if (!job) return { status: 404, json: { error: { code: 'ResourceNotFound', message: 'no table' } } };
      const state = ++job.looked >= looks ? outcome : 'InProgress';
      return { json: { properties: { provisioningState: state, resultStatistics: { progress: 40 } } } };
    });
    const connections = testConnections(
      `endpoints: { logAnalytics: '${server.url}', resourceManager: '${server.url}' }\nworkspaces: [{ ${workspace} }]`,
    );
    try {
      const ran = await runQuery({
        provider: logAnalytics('soc', { type: 'log-analytics' }, connections),
        connections,
        parameters: { provider: 'soc', searchJob: true, ...parameters },
        timeRange: { start: isoFromTicks(start), end: isoFromTicks(end) },
        ...more,
      });
      const asked = server.received.filter(({ path }) => path.endsWith('/query'));
      const begun = [...jobs].map(([path, { body }]) => ({ path, body }));
      return { ...ran, begun, questions: asked.map((request) => (request.json() as { query: string }).query) };
    } finally {
      await server.close();
    }
  }

  it('gathers the rows, is waited for, and its table is read by the time of the rows themselves', async () => {
    const { rows, result, begun, questions } = await search({
      table: 'Proxy_CL',
      where: { Host: 'a"b' },
      maxRows: 500,
    });
    expect(ids(rows)).toHaveLength(30);
    expect(result).toMatchObject({ partial: false });
    expect(begun).toHaveLength(1);
    expect(begun[0]!.path).toMatch(
      /\/resourceGroups\/rg-soc\/providers\/Microsoft\.OperationalInsights\/workspaces\/law-soc\/tables\/Trailhound_[0-9a-f]{16}_SRCH$/,
    );
    expect(begun[0]!.body).toMatchObject({
      properties: {
        searchResults: {
          query: `['Proxy_CL']\n| where ['Host'] =~ "a\\"b"`,
          startSearchTime: isoFromTicks(start),
          endSearchTime: isoFromTicks(end),
          limit: 501,
        },
      },
    });
    expect(questions[0]).toMatch(
      /\(\['Trailhound_\w+_SRCH'\] \| where \['_OriginalTimeGenerated'\] >= .*extend TimeGenerated = _OriginalTimeGenerated/,
    );
  });

  it('that ends badly, is not allowed or cannot be started says so', async () => {
    expect((await search({ table: 'T' }, { outcome: 'Failed' })).error).toMatchObject({
      code: 'remote',
      message: expect.stringMatching(/_SRCH ended as "Failed"/),
    });
    const bare = 'name: soc, workspaceId: 11111111-2222-3333-4444-555555555555';
    expect((await search({ table: 'T' }, { workspace: bare })).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('where workspace "soc" lies in Azure'),
    });
  });

  it('that takes longer than the investigation may goes on by itself, and is found again', async () => {
    const { error, begun } = await search({ table: 'T' }, { looks: 1000, deadlineInMs: Date.now() + 60_000 });
    expect(error).toMatchObject({ code: 'budget', message: expect.stringMatching(/_SRCH is at 40 %/) });
    expect(begun).toHaveLength(1);
  });
});

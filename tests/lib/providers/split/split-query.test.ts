import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { logAnalytics } from '../../../../lib/providers/log-analytics.ts';
import type { QueryRequest, QueryResult } from '../../../../lib/providers/provider.ts';
import { type Chunk, halves } from '../../../../lib/providers/split/chunk.ts';
import { planSplit } from '../../../../lib/providers/split/split-plan.ts';
import { splitQuery } from '../../../../lib/providers/split/split-query.ts';
import {
  isoFromTicks,
  type ParquetTable,
  parquetSource,
  type Table,
  ticksFromIso,
  toRows,
} from '../../../../lib/tables/index.ts';
import { testConnections } from '../../../support/cloud/connections.ts';
import { logAnalyticsOver, type StoredRow } from '../../../support/cloud/log-analytics-service.ts';
import { startLoopback } from '../../../support/cloud/loopback-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'split-'));
afterAll(() => rmSync(folder, { recursive: true }));
const start = ticksFromIso('2024-05-01T00:00:00Z')!;
const end = ticksFromIso('2024-05-02T00:00:00Z')!;
const nowInMs = Date.UTC(2024, 4, 3);

async function run(rows: readonly StoredRow[], rowLimit: number, request: Partial<QueryRequest>, more: object = {}) {
  const server = await startLoopback(logAnalyticsOver(rows, rowLimit, isoFromTicks));
  const connections = testConnections(
    `endpoints: { logAnalytics: '${server.url}' }\nworkspaces: [{ name: soc, workspaceId: 11111111-2222-3333-4444-555555555555 }]`,
  );
  try {
    const provider = logAnalytics('soc', { type: 'log-analytics' }, connections);
    const result = await splitQuery(
      provider,
      { nowInMs, timeRange: { start, end }, ...request },
      { partFolder: folder, sleep: async () => undefined, ...more },
    );
    return { result, rows: await rowsOf(result), questions: server.received.length };
  } finally {
    await server.close();
  }
}
const rowsOf = async ({ table }: QueryResult) =>
  toRows('parts' in table ? await parquetSource(table as ParquetTable, 't').read() : (table as Table));
const ids = (rows: readonly Record<string, unknown>[]) => rows.map((row) => Number(row['Id']));
/** A thousandth of a second: not far from a single instant. */
const instant = { start: start + 5n, end: start + 10_005n };
const middle = instant.start + 777n;

describe('adaptive splitting', () => {
  it('asks once where everything fits', async () => {
    const { result, questions } = await run([{ ticks: start, id: 0 }], 10, { kql: 'T' });
    expect(questions).toBe(1);
    expect(result.warnings).toEqual([]);
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
    const { result, rows: found } = await run(rows, 200, { table: 'T' });
    expect(ids(found).sort((a, b) => a - b)).toEqual(within.map(({ id }) => id).sort((a, b) => a - b));
    const times = found.map((row) => row['TimeGenerated'] as bigint);
    expect(new Set(found.map((row) => row['Id'])).size).toBe(found.length);
    expect(times.length).toBe(within.length);
    expect(result).toMatchObject({
      partial: false,
      warnings: [{ code: 'split', message: expect.stringMatching(/^asked in \d+ parts/) }],
    });
    expect((result.table as ParquetTable).parts.length).toBeGreaterThan(10);
  });

  it('shares out the rows of a single instant', async () => {
    const rows = Array.from({ length: 1000 }, (_, id) => ({ ticks: middle, id }));
    const { result, rows: found } = await run(rows, 300, { kql: 'T | project TimeGenerated, Id', timeRange: instant });
    expect(ids(found).sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
    expect(result.partial).toBe(false);
  });

  it('says so where an instant has more equal rows than can be given', async () => {
    const rows = Array.from({ length: 50 }, () => ({ ticks: middle, id: 0 }));
    const { result } = await run(rows, 20, { kql: 'T', timeRange: { start: middle, end: middle + 2n } });
    expect(result.partial).toBe(true);
    expect(result.warnings.map(({ code }) => code)).toContain('row-limit');
  });

  it('adds up what can be added up, and refuses what cannot', async () => {
    const rows = Array.from({ length: 999 }, (_, id) => ({ ticks: start + BigInt(id) * 800_000_000n, id }));
    const { rows: found, result } = await run(rows, 100, {
      kql: 'T | summarize Count = count(), First = min(TimeGenerated) by Kind',
    });
    expect(found.sort((a, b) => (String(a['Kind']) < String(b['Kind']) ? -1 : 1))).toEqual(
      [0, 1, 2].map((kind) => ({ Kind: `kind ${kind}`, Count: 333n, First: start + BigInt(kind) * 800_000_000n })),
    );
    expect(result.partial).toBe(false);
    await expect(run(rows, 100, { kql: 'T | summarize dcount(Id)' })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('stops when there are enough rows, or too many questions', async () => {
    const rows = Array.from({ length: 999 }, (_, id) => ({ ticks: start + BigInt(id) * 800_000_000n, id }));
    const cut = await run(rows, 100, { kql: 'T', maxRows: 150 }, { concurrency: 1 });
    expect(cut.rows).toHaveLength(150);
    expect(cut.questions).toBeLessThan(10);
    expect(cut.result).toMatchObject({ partial: true });
    const few = await run(rows, 100, { kql: 'T' }, { maxQuestions: 5 });
    expect(few.result.partial).toBe(true);
    expect(few.questions).toBeLessThanOrEqual(6);
  });

  it('halves without a gap or an overlap, down to the tick', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 1_000_000n),
        fc.bigInt(1n, 1_000_000n),
        fc.integer({ min: 0, max: 30 }),
        (from, length, turns) => {
          let chunks: Chunk[] = [{ start: from, end: from + length }];
          for (let turn = 0; turn < turns; turn++) {
            const [first, ...rest] = chunks;
            const both = halves(first!);
            if (both) chunks = [...rest, ...both];
          }
          const times = chunks.filter(({ bucket }) => !bucket).sort((a, b) => (a.start < b.start ? -1 : 1));
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

import { ticksFromTimespan } from '../../../lib/providers/wire-table.ts';
import { ticksFromIso } from '../../../lib/tables/index.ts';
import type { Received, Reply } from './loopback-server.ts';

export interface StoredRow {
  readonly ticks: bigint;
  readonly id: number;
}

const RANGE = /datetime\(([^)]+)\) and \['TimeGenerated'\] < datetime\(([^)]+)\)/g;
const BUCKET = /hash\(tostring\(pack_all\(\)\), long\((\d+)\)\) == long\((\d+)\)/;

/** The question of an estimate: where its slots begin, and how long they are. */
const ESTIMATE = /RowCount = count\(\), SizeInBytes[^\n]*?(?:- datetime\(([^)]+)\)\) \/ timespan\(([^)]+)\)|$)/;

/**
 * A Log Analytics that holds rows of one table and gives no more than so many of them, as the service does: a cut
 * result has an error beside its table. It understands the time ranges and row shares of split queries, `count`,
 * `summarize count() by Kind` and, if `estimates` is set, the question how many rows there are.
 */
export function logAnalyticsOver(
  rows: readonly StoredRow[],
  rowLimit: number,
  isoOf: (ticks: bigint) => string,
  { estimates = false }: { readonly estimates?: boolean } = {},
) {
  return (request: Received): Reply => {
    const { query } = request.json() as { query: string };
    let found = rows.filter(({ ticks }) => {
      for (const [, start, end] of query.matchAll(RANGE)) {
        if (ticks < ticksFromIso(start!)! || ticks >= ticksFromIso(end!)!) return false;
      }
      return true;
    });
    const estimate = estimates ? ESTIMATE.exec(query) : null;
    if (estimate) return { json: { tables: [estimated(found, estimate)] } };
    const bucket = BUCKET.exec(query);
    if (bucket) found = found.filter(({ id }) => id % Number(bucket[1]) === Number(bucket[2]));
    const cut = found.length > rowLimit;
    const error = {
      code: 'PartialError',
      message: 'There were some errors when processing your query.',
      details: [
        { code: 'EngineError', message: `The results of this query exceed the set limit of ${rowLimit} records.` },
      ],
    };
    const columns = [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Id', type: 'long' },
    ];
    if (/\| summarize/.test(query)) {
      // A summary needs memory for what it reads: over the limit it fails whole.
      if (cut)
        return {
          status: 400,
          json: {
            error: {
              code: 'BadArgumentError',
              message: 'Query exceeded the allowed memory limit (E_LOW_MEMORY_CONDITION)',
            },
          },
        };
      const counts = new Map<string, number>();
      for (const { id } of found) counts.set(`kind ${id % 3}`, (counts.get(`kind ${id % 3}`) ?? 0) + 1);
      return {
        json: {
          tables: [
            {
              name: 'PrimaryResult',
              columns: [
                { name: 'Kind', type: 'string' },
                { name: 'Count', type: 'long' },
                { name: 'First', type: 'datetime' },
              ],
              rows: [...counts].map(([kind, count]) => [
                kind,
                count,
                isoOf(found.find(({ id }) => `kind ${id % 3}` === kind)!.ticks),
              ]),
            },
          ],
        },
      };
    }
    const given = found.slice(0, rowLimit).map(({ ticks, id }) => [isoOf(ticks), id]);
    return { json: { tables: [{ name: 'PrimaryResult', columns, rows: given }], ...(cut ? { error } : {}) } };
  };
}

/** Rows and bytes by slot, as the engine would count them. */
function estimated(rows: readonly StoredRow[], [, start, slot]: RegExpExecArray) {
  const from = start === undefined ? 0n : ticksFromIso(start)!;
  const length = slot === undefined ? 2n ** 62n : ticksFromTimespan(slot)!;
  const counts = new Map<bigint, number>();
  for (const { ticks } of rows) {
    const number = (ticks - from) / length;
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  const columns = ['RowCount', 'SizeInBytes', 'Slot'].map((name) => ({ name, type: 'long' }));
  return {
    name: 'PrimaryResult',
    columns: start === undefined ? columns.slice(0, 2) : columns,
    rows: [...counts].map(([number, count]) => [count, count * 100, Number(number)]),
  };
}

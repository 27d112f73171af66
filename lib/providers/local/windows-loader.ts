import type { DuckDBConnection } from '@duckdb/node-api';
import type { Batch } from '../../tables/formats/staging.ts';
import type { TableSchema } from '../../tables/index.ts';
import type { LineLog } from './line-log.ts';
import {
  type ClockCorrection,
  clockEvidenceSql,
  clockSql,
  dataKeysSql,
  envelopeSql,
  type ShapeKeys,
  windowsSchema,
  windowsTableSql,
  withUtc,
} from './recognition/windows-plan.ts';
import { WINDOWS_SHAPES, type WindowsShape } from './recognition/windows-shapes.ts';
import { WINDOWS_TABLES } from './recognition/windows-tables.ts';

type WriteTable = (table: { name: string; schema: TableSchema; view: boolean }, sql: string) => Promise<unknown>;

/** One shape that a file has records of. */
interface ShapeInFile {
  readonly shape: WindowsShape;
  readonly keys: ShapeKeys;
  relation(batch: Batch): string;
}

/** Makes the tables of Windows events, whatever shape they came in. */
export class WindowsLoader {
  readonly #shapes: readonly ShapeInFile[];
  readonly #clock: ClockCorrection | undefined;

  private constructor(shapes: readonly ShapeInFile[], clock: ClockCorrection | undefined) {
    this.#shapes = shapes;
    this.#clock = clock;
  }

  /** Undefined if there are no Windows events. Looks at all batches, for their keys and the exporter's clock. */
  static async open(
    connection: DuckDBConnection,
    kinds: readonly number[],
    batches: readonly Batch[],
    recordKeys: ReadonlySet<string>,
    log: LineLog,
  ): Promise<WindowsLoader | undefined> {
    const windows = kinds.filter((kind) => kind < WINDOWS_SHAPES.length);
    if (windows.length === 0) return undefined;
    const shapes: ShapeInFile[] = [];
    for (const kind of windows) {
      const shape = WINDOWS_SHAPES[kind]!;
      const relation = (batch: Batch) => `(SELECT line, j FROM ${batch.relation} WHERE kind = ${kind})`;
      shapes.push({ shape, relation, keys: await keysOf(connection, shape, batches.map(relation), recordKeys) });
    }
    const clock = await findClock(connection, shapes, batches);
    if (clock) log.altered("the exporter wrote local times as UTC: they were corrected by Sysmon's UtcTime");
    return new WindowsLoader(shapes, clock);
  }

  async loadBatch(connection: DuckDBConnection, batch: Batch, write: WriteTable): Promise<void> {
    const envelopes = this.#shapes.map(({ shape, keys, relation }) => envelopeSql(shape, relation(batch), keys));
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE envelopes AS ${withUtc(envelopes.join(' UNION ALL '))}${envelopes.length > 1 ? ' ORDER BY line' : ''}`,
    );
    const dataKeys = unionOf(this.#shapes.map(({ keys }) => keys.data));
    for (const table of WINDOWS_TABLES) {
      const sql = windowsTableSql(table, 'envelopes', this.#clock, dataKeys);
      await write({ name: table.table, schema: windowsSchema(table), view: table.view ?? false }, sql);
    }
    await connection.run('DROP TABLE envelopes');
  }
}

async function keysOf(
  connection: DuckDBConnection,
  shape: WindowsShape,
  relations: readonly string[],
  record: ReadonlySet<string>,
): Promise<ShapeKeys> {
  if ('beside' in shape.data) return { record, data: record };
  if ('xml' in shape.data) return { record, data: undefined };
  const data = new Set<string>();
  for (const relation of relations) {
    const found = await connection.runAndReadAll(dataKeysSql(shape, relation));
    for (const [key] of found.getRows() as [string][]) data.add(key);
  }
  return { record, data };
}

function unionOf(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const union = new Set<string>();
  for (const set of sets) {
    if (!set) return undefined;
    for (const key of set) union.add(key);
  }
  return union;
}

/** Fewer Sysmon events than these do not tell what a clock is off by. */
const EVENTS_FOR_CLOCK = 5;

async function findClock(
  connection: DuckDBConnection,
  shapes: readonly ShapeInFile[],
  batches: readonly Batch[],
): Promise<ClockCorrection | undefined> {
  const evidence = shapes
    .filter(({ shape: { time } }) => time.system !== undefined && !time.authoritative)
    .flatMap(({ shape, relation }) => batches.map((batch) => clockEvidenceSql(shape, relation(batch))));
  if (evidence.length === 0) return undefined;
  const found = await connection.runAndReadAll(clockSql(evidence.join(' UNION ALL ')));
  const rows = found.getRows() as [bigint, bigint, bigint, bigint | null, bigint][];
  const [first] = rows;
  if (!first) return undefined;
  const [, , allCount, offCount] = first;
  if (Number(offCount ?? 0) < Math.max(EVENTS_FOR_CLOCK, Number(allCount) * 0.5)) return undefined;
  const most = rows.reduce((best, row) => (row[4] > best[4] ? row : best));
  return { byHour: new Map(rows.map(([hour, off]) => [hour, off])), otherwise: most[1] };
}

import type { DuckDBConnection } from '@duckdb/node-api';
import type { Batch } from '../../tables/formats/staging.ts';
import type { TableSchema } from '../../tables/index.ts';
import type { LineLog } from './line-log.ts';
import {
  type ClockCorrection,
  clockSql,
  envelopeSql,
  WINDOWS_MACROS,
  windowsSchema,
  windowsTableSql,
  withUtc,
} from './recognition/windows-plan.ts';
import { WINDOWS_SHAPES } from './recognition/windows-shapes.ts';
import { WINDOWS_TABLES } from './recognition/windows-tables.ts';

type WriteTable = (name: string, schema: TableSchema, sql: string, view: boolean) => Promise<void>;

/** Makes the tables of Windows events, whatever shape they came in. */
export class WindowsLoader {
  readonly #connection: DuckDBConnection;
  readonly #kinds: readonly number[];
  readonly #clock: ClockCorrection | undefined;

  private constructor(connection: DuckDBConnection, kinds: readonly number[], clock: ClockCorrection | undefined) {
    this.#connection = connection;
    this.#kinds = kinds;
    this.#clock = clock;
  }

  /** Undefined if there are no Windows events. Looks at all batches, for the exporter's clock. */
  static async open(
    connection: DuckDBConnection,
    kinds: readonly number[],
    batches: readonly Batch[],
    log: LineLog,
  ): Promise<WindowsLoader | undefined> {
    const windows = kinds.filter((kind) => kind < WINDOWS_SHAPES.length);
    if (windows.length === 0) return undefined;
    for (const macro of WINDOWS_MACROS) await connection.run(`CREATE OR REPLACE TEMP MACRO ${macro}`);
    const clock = await findClock(connection, windows, batches);
    if (clock) log.altered("the exporter wrote local times as UTC: they were corrected by Sysmon's UtcTime");
    return new WindowsLoader(connection, windows, clock);
  }

  async loadBatch(batch: Batch, write: WriteTable): Promise<void> {
    await this.#connection.run(`CREATE OR REPLACE TEMP TABLE envelopes AS ${withUtc(envelopesOf(this.#kinds, batch))}`);
    for (const table of WINDOWS_TABLES) {
      await write(
        table.table,
        windowsSchema(table),
        windowsTableSql(table, 'envelopes', this.#clock),
        table.view ?? false,
      );
    }
    await this.#connection.run('DROP TABLE envelopes');
  }
}

function envelopesOf(kinds: readonly number[], batch: Batch): string {
  return kinds
    .map((kind) => envelopeSql(WINDOWS_SHAPES[kind]!, `(SELECT line, j FROM ${batch.relation} WHERE kind = ${kind})`))
    .join(' UNION ALL ');
}

/** Fewer Sysmon events than these do not tell what a clock is off by. */
const EVENTS_FOR_CLOCK = 5;

async function findClock(
  connection: DuckDBConnection,
  kinds: readonly number[],
  batches: readonly Batch[],
): Promise<ClockCorrection | undefined> {
  const doubtful = kinds.filter((kind) => {
    const { time } = WINDOWS_SHAPES[kind]!;
    return time.system !== undefined && !time.authoritative;
  });
  if (doubtful.length === 0) return undefined;
  const all = batches.map((batch) => withUtc(envelopesOf(doubtful, batch))).join(' UNION ALL ');
  const rows = (await connection.runAndReadAll(clockSql(all))).getRows() as [bigint, bigint, bigint, bigint, bigint][];
  const [first] = rows;
  if (!first) return undefined;
  const [, , allCount, offCount] = first;
  if (Number(offCount ?? 0) < Math.max(EVENTS_FOR_CLOCK, Number(allCount) * 0.5)) return undefined;
  const most = rows.reduce((best, row) => (row[4] > best[4] ? row : best));
  return { byHour: new Map(rows.map(([hour, off]) => [hour, off])), otherwise: most[1] };
}

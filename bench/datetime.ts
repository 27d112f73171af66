import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sqlText } from '../lib/tables/duckdb.ts';
import { type Bench, fastest, type Measure, measure } from './bench.ts';

const YEAR_1_TO_1970 = 62_135_596_800_000_000n;

/** Ways to store a datetime of 100 ns in Parquet: how to write it from ticks, and how to read ticks back. */
const FORMS: readonly { name: string; write: string; read: string }[] = [
  { name: 'bigint-ticks', write: 't', read: 't' },
  {
    name: 'timestamptz-and-remainder',
    write: `timezone('UTC', make_timestamp(t // 10 - ${YEAR_1_TO_1970})) AS t, (t % 10)::UTINYINT AS r`,
    read: `(epoch_us(t) + ${YEAR_1_TO_1970}) * 10 + r`,
  },
  {
    name: 'timestamp-ns',
    write: 'make_timestamp_ns((t - 621355968000000000) * 100) AS t',
    read: 'epoch_ns(t) // 100 + 621355968000000000',
  },
  {
    name: 'iso-text',
    write: `strftime(make_timestamp(t // 10 - ${YEAR_1_TO_1970}), '%Y-%m-%dT%H:%M:%S.%f') || (t % 10) || 'Z' AS t`,
    read: `(epoch_us(left(t, 26)::TIMESTAMP) + ${YEAR_1_TO_1970}) * 10 + substr(t, 27, 1)::INT`,
  },
];

/** The measurement behind docs/adr/0001-datetimes.md. The floor of each is the plain integer's. */
export const bench: Bench = {
  name: 'datetime',
  description: 'Datetimes of 100 ns in Parquet: four forms, written and read back',
  async run({ rows = 1_000_000 }) {
    const folder = await mkdtemp(join(tmpdir(), 'trailhound-bench-'));
    const database = await openDatabase();
    const connection = await database.connect();
    const measures: Measure[] = [];
    try {
      const ticks = '637800000000000000 + (i * 1234567 + hash(i) % 1000000)::BIGINT AS t';
      await connection.run(`CREATE TABLE ticks AS SELECT ${ticks} FROM range(${rows}) numbers(i)`);
      const floor = { write: 0, read: 0 };
      for (const { name, write, read } of FORMS) {
        const file = sqlText(join(folder, `${name}.parquet`));
        const writing = await fastest(3, () =>
          connection.run(`COPY (SELECT ${write} FROM ticks) TO ${file} (FORMAT parquet, COMPRESSION zstd)`),
        );
        const reading = await fastest(3, () => connection.run(`SELECT sum(hash(${read}) % 1000) FROM ${file}`));
        if (name === 'bigint-ticks') Object.assign(floor, { write: writing, read: reading });
        const { size } = await stat(join(folder, `${name}.parquet`));
        measures.push(measure(`datetime/${name} write (${(size / 1e6).toFixed(2)} MB)`, rows, writing, floor.write));
        measures.push(measure(`datetime/${name} read`, rows, reading, floor.read));
      }
    } finally {
      connection.closeSync();
      database.closeSync();
      await rm(folder, { recursive: true });
    }
    return measures;
  },
};

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openKqlEngine } from '../lib/kql/index.ts';
import { inspectParquet, type ParquetTable } from '../lib/tables/index.ts';
import { type Bench, type Measure, measure, timed } from './bench.ts';

const DEFAULT_ROWS = 1_000_000;
const REPEATS = 3;
const NOW_IN_MS = Date.UTC(2024, 4, 15);

/** Twenty columns as security logs have them. */
const COLUMNS = `
  timezone('UTC', TIMESTAMP '2024-03-15' + to_milliseconds((i * 5273) % 5270400000)) AS TimeGenerated,
  'host-' || (hash(i) % 500) || '.contoso.example' AS Computer,
  'CONTOSO\\user' || (hash(i + 1) % 2000) AS Account,
  CAST(4600 + hash(i + 2) % 100 AS INTEGER) AS EventID,
  CASE hash(i + 3) % 50 WHEN 0 THEN 'powershell.exe -NoProfile -enc SQBFAFgA' WHEN 1 THEN 'cmd.exe /c whoami /all' ELSE 'C:\\Windows\\System32\\svchost.exe -k group' || (hash(i) % 900) END AS CommandLine,
  '10.' || (hash(i) % 256) || '.' || (hash(i + 4) % 256) || '.7' AS IpAddress,
  'C:\\Program Files\\App' || (hash(i + 5) % 300) || '\\run.exe' AS Process,
  hash(i + 6) % 100000 AS n1, CAST(hash(i + 7) % 65536 AS BIGINT) AS Port, CAST(hash(i) % 1000 AS DOUBLE) / 7 AS Score,
  hash(i + 8) % 2 = 0 AS Signed, md5(i::VARCHAR) AS Hash,
  '{"a":{"b":' || (i % 100) || '},"tags":["x","y' || (i % 9) || '"]}' AS Details,
  'a' AS c1, 'b' || (i % 3) AS c2, CAST(i AS BIGINT) AS Row, CAST(i % 5 AS INTEGER) AS Level, 'Security' AS Channel, 'x' || (i % 77) AS c3, '' AS c4`;

interface Shape {
  readonly name: string;
  readonly kql: string;
  /** The same question by hand, over the same file. */
  readonly sql: string;
}

const SHAPES: readonly Shape[] = [
  {
    name: 'equal and count',
    kql: 'Logs | where EventID == 4688 | count',
    sql: 'SELECT count(*) FROM logs WHERE EventID = 4688',
  },
  {
    name: 'contains',
    kql: 'Logs | where CommandLine contains "whoami" | count',
    sql: "SELECT count(*) FROM logs WHERE contains(lower(CommandLine), 'whoami')",
  },
  {
    name: 'has',
    kql: 'Logs | where CommandLine has "powershell" | count',
    sql: "SELECT count(*) FROM logs WHERE regexp_matches(CommandLine, '(?i)(^|[^\\pL\\pN])powershell($|[^\\pL\\pN])')",
  },
  {
    name: 'has_any',
    kql: 'Logs | where CommandLine has_any ("mimikatz", "whoami", "procdump", "ntdsutil", "enc") | count',
    sql: "SELECT count(*) FROM logs WHERE regexp_matches(CommandLine, '(?i)(^|[^\\pL\\pN])(mimikatz|whoami|procdump|ntdsutil|enc)($|[^\\pL\\pN])')",
  },
  {
    name: 'matches regex',
    kql: 'Logs | where CommandLine matches regex @"-enc [A-Za-z0-9+/]+" | count',
    sql: "SELECT count(*) FROM logs WHERE regexp_matches(CommandLine, '-enc [A-Za-z0-9+/]+')",
  },
  {
    name: 'summarize by two',
    kql: 'Logs | summarize count(), dcount(Account) by Computer, EventID',
    sql: 'SELECT Computer, EventID, count(*), count(DISTINCT Account) FROM logs GROUP BY ALL',
  },
  {
    name: 'summarize by hour',
    kql: 'Logs | summarize count() by bin(TimeGenerated, 1h)',
    sql: "SELECT date_trunc('hour', TimeGenerated), count(*) FROM logs GROUP BY ALL",
  },
  {
    name: 'arg_max of all',
    kql: 'Logs | summarize arg_max(TimeGenerated, *) by Computer',
    sql: 'SELECT DISTINCT ON (Computer) * FROM (SELECT * FROM logs ORDER BY TimeGenerated DESC)',
  },
  {
    name: 'make_set',
    kql: 'Logs | summarize make_set(Process, 100) by Computer',
    sql: 'SELECT Computer, to_json(list_slice(list(DISTINCT Process), 1, 100)) FROM logs GROUP BY ALL',
  },
  {
    name: 'json paths',
    kql: 'Logs | extend b = toint(Details.a.b) | summarize sum(b) by tostring(Details.tags[1])',
    sql: "SELECT Details ->> '$.tags[1]', sum((Details ->> '$.a.b')::INT) FROM logs GROUP BY ALL",
  },
  {
    name: 'join',
    kql: 'Logs | where EventID == 4624 | summarize a = count() by Account | join kind=inner (Logs | where EventID == 4625 | summarize b = count() by Account) on Account | count',
    sql: 'SELECT count(*) FROM (SELECT Account, count(*) FROM logs WHERE EventID = 4624 GROUP BY 1) JOIN (SELECT Account, count(*) FROM logs WHERE EventID = 4625 GROUP BY 1) USING (Account)',
  },
  {
    name: 'top',
    kql: 'Logs | top 100 by Score desc | project TimeGenerated, Score, Computer',
    sql: 'SELECT TimeGenerated, Score, Computer FROM logs ORDER BY Score DESC LIMIT 100',
  },
  {
    name: 'ipv4_is_in_range',
    kql: 'Logs | where ipv4_is_in_range(IpAddress, "10.7.0.0/16") | count',
    sql: "SELECT count(*) FROM logs WHERE (split_part(IpAddress, '.', 1)::BIGINT << 24 | split_part(IpAddress, '.', 2)::BIGINT << 16 | split_part(IpAddress, '.', 3)::BIGINT << 8 | split_part(IpAddress, '.', 4)::BIGINT) >> 16 = (10 << 8 | 7)",
  },
  {
    name: 'mv-expand',
    kql: 'Logs | mv-expand t = Details.tags to typeof(string) | summarize count() by t',
    sql: "SELECT t, count(*) FROM (SELECT unnest(json_extract_string(Details, '$.tags[*]')) AS t FROM logs) GROUP BY 1",
  },
];

async function makeLogs(folder: string, rows: number): Promise<ParquetTable> {
  const path = join(folder, 'logs.parquet');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT ${COLUMNS} FROM range(${rows}) t(i)) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
  return inspectParquet(path);
}

async function best(work: () => Promise<unknown>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) fastest = Math.min(fastest, (await timed(work)).seconds);
  return fastest;
}

/** The floor of each measure is the same question in hand-written SQL over the same file, warm. */
export const bench: Bench = {
  name: 'kql',
  description: 'KQL over Parquet against hand-written SQL for the same question',
  async run({ rows = DEFAULT_ROWS }) {
    const folder = mkdtempSync(join(tmpdir(), 'trailhound-bench-kql-'));
    const measures: Measure[] = [];
    try {
      const parquet = await makeLogs(folder, rows);
      const first = await timed(async () => {
        const engine = await openKqlEngine({ folders: [folder], tempFolder: folder });
        await engine.run('print 1', { nowInMs: NOW_IN_MS });
        return engine;
      });
      const engine = first.value;
      measures.push(measure('kql: first query of a process', 1, first.seconds, first.seconds));
      const schema = parquet.schema.map((column) =>
        column.name === 'Details' ? { ...column, type: 'dynamic' as const } : column,
      );
      const tables = [{ name: 'Logs', schema, parquet: { ...parquet, schema } }];
      const plain = await DuckDBInstance.create(':memory:', { threads: '1' });
      const connection = await plain.connect();
      await connection.run(`CREATE VIEW logs AS SELECT * FROM read_parquet('${parquet.parts[0]!.path}')`);
      for (const { name, kql, sql } of SHAPES) {
        const byHand = await best(() => connection.runAndReadAll(sql));
        const seconds = await best(() => engine.run(kql, { tables, nowInMs: NOW_IN_MS }));
        measures.push(measure(`kql: ${name}`, rows, seconds, byHand));
      }
      connection.closeSync();
      plain.closeSync();
      engine.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
    return measures;
  },
};

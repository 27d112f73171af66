import { statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Warning } from '../outcome.ts';
import { sqlName, sqlText } from '../tables/duckdb.ts';
import {
  appendTable,
  copyToParquet,
  type ParquetTable,
  readQuery,
  type Table,
  type TableSchema,
  ticksFromMs,
  workingRelation,
} from '../tables/index.ts';
import { WORKING_TYPES } from '../tables/parquet-form.ts';
import { ASIM_FUNCTIONS } from './asim.ts';
import { Catalogue, type CatalogueTable, emptyRelation, type SchemaMap } from './catalogue.ts';
import { type Compiled, type CompiledStage, compile } from './compile.ts';
import { completeKql } from './complete.ts';
import { type LockedDatabaseOptions, openLockedDatabase } from './database.ts';
import { bindParameters, type KqlValue } from './encode.ts';
import { KqlError } from './errors.ts';
import type { CompletionItem, FunctionSignature } from './language/language.ts';
import { FILE_PROFILE_SCHEMA } from './rewrites.ts';

/** A table that queries may name: in Parquet, in memory, or (without either) known by its schema alone. */
export interface KqlTableSource {
  readonly name: string;
  readonly schema: TableSchema;
  readonly parquet?: ParquetTable;
  readonly table?: Table;
  /** Its rows are in other tables too: `union *` and `search` pass over it. */
  readonly view?: boolean;
}

export interface KqlEngineOptions extends LockedDatabaseOptions {
  /** Tables that are known by schema alone; the first that knows a name counts. */
  readonly schemas?: readonly SchemaMap[];
  /** Stored functions by their text; ASIM's parsers of the native tables are there, unless one here has the name. */
  readonly functions?: readonly FunctionSignature[];
  /** Default 60,000; a run may set its own. */
  readonly timeoutInMs?: number;
  /** Default 2,000,000. */
  readonly maxSqlCharacters?: number;
}

export interface KqlRunOptions {
  readonly tables?: readonly KqlTableSource[];
  readonly parameters?: Readonly<Record<string, KqlValue>>;
  /** Virtual now, milliseconds since 1970. */
  readonly nowInMs: number;
  /** Only rows of this time, by `TimeGenerated` or `Timestamp`; half-open, in ticks. */
  readonly timeRange?: { readonly start: bigint; readonly end: bigint };
  readonly signal?: AbortSignal;
  /** Rows beyond are cut, with a warning. Default 500,000, as in Log Analytics. */
  readonly maxRows?: number;
  readonly timeoutInMs?: number;
  /** Writes the rows to this Parquet file instead of giving them. */
  readonly outFile?: string;
}

export interface KqlResult {
  readonly schema: TableSchema;
  readonly table: Table | ParquetTable;
  readonly rowCount: number;
  readonly warnings: readonly Warning[];
}

export interface KqlPlan {
  readonly schema: TableSchema;
  readonly sql: string;
  /** One for each operator, in order. */
  readonly stages: readonly CompiledStage[];
  readonly warnings: readonly Warning[];
}

/** Runs KQL on local tables, in a database of its own that nothing else can be reached from. */
export interface KqlEngine {
  /**
   * @throws KqlError with `info.code` syntax, semantic, unsupported, limit or runtime.
   * @example await engine.run('SecurityEvent | summarize count() by Account', { tables, nowInMs: Date.now() })
   */
  run(text: string, options: KqlRunOptions): Promise<KqlResult>;
  /** Columns and SQL, without running it; the database checks the SQL. */
  plan(text: string, options: KqlRunOptions): Promise<KqlPlan>;
  /** What could stand at a place in a query, as the analyser sees it. */
  complete(text: string, position: number, tables?: readonly KqlTableSource[]): readonly CompletionItem[];
  close(): void;
}

const DEFAULT_MAX_ROWS = 500_000;
const DEFAULT_TIMEOUT_IN_MS = 60_000;
const DEFAULT_MAX_SQL = 2_000_000;
const INTERRUPT_EVERY_MS = 20;
const MAX_KEPT_PLANS = 200;

export async function openKqlEngine(options: KqlEngineOptions = {}): Promise<KqlEngine> {
  const instance = await openLockedDatabase(options);
  const functions = new Map([
    ...ASIM_FUNCTIONS,
    ...(options.functions ?? []).map((signature) => [signature.name, signature] as const),
  ]);
  const relations = new RelationCache();
  /** Translations of queries whose columns do not depend on the data. */
  const plans = new Map<string, Compiled>();
  const schemaOf = (name: string) => options.schemas?.find((schemas) => schemas.has(name))?.get(name);

  async function prepare(connection: DuckDBConnection, text: string, run: KqlRunOptions): Promise<Compiled> {
    const tables = new Map<string, CatalogueTable>();
    for (const source of run.tables ?? []) {
      tables.set(
        source.name,
        await relations.table(
          connection,
          source,
          source.name === 'FileProfile' ? FILE_PROFILE_SCHEMA : schemaOf(source.name),
          run.timeRange,
        ),
      );
    }
    const bound = bindParameters(text, run.parameters);
    const key = JSON.stringify([
      bound,
      run.nowInMs,
      [...tables.values()].map(({ name, relation }) => [name, relation]),
    ]);
    const known = plans.get(key);
    if (known) return known;
    let asked = false;
    const compiled = await compile(bound, {
      tables: new Catalogue(tables, options.schemas ?? []),
      functions,
      nowInTicks: ticksFromMs(run.nowInMs),
      maxSqlCharacters: options.maxSqlCharacters ?? DEFAULT_MAX_SQL,
      ask: async (sql) => {
        asked = true;
        return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
      },
    });
    if (!asked) {
      if (plans.size >= MAX_KEPT_PLANS) plans.clear();
      plans.set(key, compiled);
    }
    return compiled;
  }

  async function withConnection<T>(run: KqlRunOptions, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await instance.connect();
    const timeoutInMs = run.timeoutInMs ?? options.timeoutInMs ?? DEFAULT_TIMEOUT_IN_MS;
    let timedOut = false;
    let repeated: NodeJS.Timeout | undefined;
    // Again and again: an interrupt that comes between two statements is lost.
    const interrupt = () => {
      connection.interrupt();
      repeated ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      interrupt();
    }, timeoutInMs);
    run.signal?.addEventListener('abort', interrupt, { once: true });
    try {
      run.signal?.throwIfAborted();
      return await work(connection);
    } catch (error) {
      run.signal?.throwIfAborted();
      if (timedOut) throw limitError(`the query took longer than ${timeoutInMs} ms`);
      throw asKqlError(error);
    } finally {
      clearTimeout(timer);
      clearInterval(repeated);
      run.signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
    }
  }

  return {
    run: (text, run) =>
      withConnection(run, async (connection) => {
        const { sql, columns, warnings } = await prepare(connection, text, run);
        const maxRows = run.maxRows ?? DEFAULT_MAX_ROWS;
        const limited = `SELECT * FROM (${sql}) LIMIT ${maxRows + 1}`;
        if (run.outFile !== undefined) return toFile(connection, limited, columns, run.outFile, maxRows, warnings);
        const read = await readQuery(connection, limited, columns);
        const isCut = read.rowCount > maxRows;
        const table = isCut ? await readQuery(connection, `SELECT * FROM (${sql}) LIMIT ${maxRows}`, columns) : read;
        return {
          schema: columns,
          table,
          rowCount: table.rowCount,
          warnings: isCut ? [...warnings, cutWarning(maxRows)] : warnings,
        };
      }),
    plan: (text, run) =>
      withConnection(run, async (connection) => {
        const { sql, columns, stages, warnings } = await prepare(connection, text, run);
        await (await connection.prepare(sql)).destroySync();
        return { schema: columns, sql, stages, warnings };
      }),
    complete(text, position, sources = []) {
      const tables = sources.map((source): [string, CatalogueTable] => [
        source.name,
        { ...source, relation: '', hasData: true },
      ]);
      return completeKql(text, position, new Catalogue(new Map(tables), options.schemas ?? []));
    },
    close: () => instance.closeSync(),
  };
}

function cutWarning(maxRows: number): Warning {
  return { code: 'rows-cut', message: `the result was cut at ${maxRows} rows` };
}

async function toFile(
  connection: DuckDBConnection,
  sql: string,
  schema: TableSchema,
  path: string,
  maxRows: number,
  warnings: readonly Warning[],
): Promise<KqlResult> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE kql_result AS ${sql}`);
  const [row] = (await connection.runAndReadAll('SELECT count(*) FROM kql_result')).getRows();
  const found = Number(row![0]);
  await copyToParquet(connection, `SELECT * FROM kql_result LIMIT ${maxRows}`, schema, path);
  await connection.run('DROP TABLE kql_result');
  const rowCount = Math.min(found, maxRows);
  const all = found > maxRows ? [...warnings, cutWarning(maxRows)] : warnings;
  return { schema, table: { schema, parts: [{ path, rowCount }] }, rowCount, warnings: all };
}

function limitError(message: string, cause?: unknown): KqlError {
  return new KqlError({ code: 'limit', construct: '', message, line: null, column: null }, { cause });
}

/** RE2's own words for a pattern that is none. */
const BAD_REGEX =
  /^Invalid Input Error: ((?:invalid|missing|unexpected|no argument|bad|trailing|unmatched)[^:]*)(?:: (.*))?$/;

/** DuckDB's errors in KQL's terms. Its message may hold data, but only the caller's own. */
function asKqlError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof KqlError || error.name === 'TrailhoundError') return error;
  if (error instanceof RangeError && /call stack/i.test(error.message))
    return limitError('the query is nested too deeply', error);
  const message = error.message.split('\n')[0]!.slice(0, 500);
  if (/^(Out of Memory|INTERRUPT)|Out of Memory|expression depth|max_expression_depth/i.test(message))
    return limitError(message, error);
  const regex = BAD_REGEX.exec(message);
  if (regex)
    return new KqlError(
      {
        code: 'semantic',
        construct: regex[2] ?? '',
        message: `regular expression: ${regex[1]}`,
        line: null,
        column: null,
      },
      { cause: error },
    );
  return new KqlError({ code: 'runtime', construct: '', message, line: null, column: null }, { cause: error });
}

/** Defender's name of the time of an event, and Log Analytics'. */
const OTHER_TIME: Readonly<Record<string, string>> = { TimeGenerated: 'Timestamp', Timestamp: 'TimeGenerated' };

/** What a column holds that the reference knows of and the data lacks: null, where the data does not say it elsewhere. */
function missingValue(table: string, schema: TableSchema, { name, type }: TableSchema[number]): string {
  if (name === 'Type' && type === 'string') return sqlText(table);
  const time = schema.find((column) => column.name === OTHER_TIME[name] && column.type === 'datetime');
  return time && type === 'datetime' ? sqlName(time.name) : `NULL::${WORKING_TYPES[type]}`;
}

/** SQL relations of Parquet files and tables in memory, so that hundreds of queries over the same do not look again. */
class RelationCache {
  readonly #parquet = new Map<string, string>();
  readonly #memory = new WeakMap<Table, string>();
  #number = 0;

  async table(
    connection: DuckDBConnection,
    source: KqlTableSource,
    reference: TableSchema | undefined,
    timeRange: KqlRunOptions['timeRange'],
  ): Promise<CatalogueTable> {
    const { name, schema, view: isView = false } = source;
    const hasData = source.parquet !== undefined || source.table !== undefined;
    let relation = emptyRelation(schema);
    if (source.parquet) relation = await this.#ofParquet(connection, source.parquet);
    else if (source.table) relation = await this.#ofMemory(connection, source.table);
    const missing = (reference ?? []).filter(
      (column) => !schema.some(({ name: own }) => own.toLowerCase() === column.name.toLowerCase()),
    );
    const time = schema.find(
      ({ name: own, type }) => type === 'datetime' && (own === 'TimeGenerated' || own === 'Timestamp'),
    );
    const where =
      timeRange && time
        ? ` WHERE ${sqlName(time.name)} >= ${timeRange.start} AND ${sqlName(time.name)} < ${timeRange.end}`
        : '';
    if (missing.length === 0 && where === '') return { name, schema, relation, hasData, isView };
    const added = missing.map((column) => `${missingValue(name, schema, column)} AS ${sqlName(column.name)}`);
    return {
      name,
      schema: this.#merged(schema, missing),
      relation: `(SELECT ${['*', ...added].join(', ')} FROM ${relation}${where})`,
      hasData,
      isView,
    };
  }

  readonly #mergedSchemas = new WeakMap<TableSchema, TableSchema>();

  #merged(schema: TableSchema, missing: TableSchema): TableSchema {
    if (missing.length === 0) return schema;
    let merged = this.#mergedSchemas.get(schema);
    if (!merged) {
      merged = [...schema, ...missing];
      this.#mergedSchemas.set(schema, merged);
    }
    return merged;
  }

  async #ofParquet(connection: DuckDBConnection, { schema, parts }: ParquetTable): Promise<string> {
    if (parts.length === 0) return emptyRelation(schema);
    const names = schema.map(({ name }) => sqlName(name)).join(', ');
    const relations: string[] = [];
    for (const { path } of parts) {
      const { size, mtimeMs } = statSync(path);
      const key = `${path}\0${size}\0${mtimeMs}\0${names}`;
      let relation = this.#parquet.get(key);
      if (!relation) {
        relation = await workingRelation(connection, path, schema);
        this.#parquet.set(key, relation);
      }
      relations.push(`SELECT ${names} FROM ${relation}`);
    }
    return `(${relations.join(' UNION ALL ')})`;
  }

  /** Copied into the database once, for as long as the engine lives. */
  async #ofMemory(connection: DuckDBConnection, table: Table): Promise<string> {
    let name = this.#memory.get(table);
    if (!name) {
      const appended = await appendTable(connection, table);
      name = `kql_memory_${this.#number++}`;
      await connection.run(`CREATE TABLE ${name} AS SELECT * FROM ${appended}; DROP TABLE ${appended}`);
      this.#memory.set(table, name);
    }
    return name;
  }
}

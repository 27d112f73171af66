import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface DatabaseOptions {
  /** Default 1. One thread also makes the bytes of written Parquet files depend on nothing but their rows. */
  readonly threads?: number;
  /** Default 512 MiB; beyond it DuckDB spills to `tempFolder`. */
  readonly memoryLimitInBytes?: number;
  readonly tempFolder?: string;
}

/**
 * An in-memory DuckDB that cannot fetch extensions. Only SQL that this project writes itself may run on it: a database
 * for users' queries must also be locked (see `lib/kql`).
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 1),
    memory_limit: `${Math.round((options.memoryLimitInBytes ?? 512 * 2 ** 20) / 2 ** 20)}MiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.tempFolder ? { temp_directory: options.tempFolder } : {}),
  });
  return instance;
}

let shared: Promise<DuckDBInstance> | undefined;

/** Runs with a connection to this thread's own database, and closes the connection whatever happens. */
export async function withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  shared ??= openDatabase();
  const connection = await (await shared).connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string literal. DuckDB's literals know no escape but the doubled quote, and cannot hold NUL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '\uFFFD')}'`;
}

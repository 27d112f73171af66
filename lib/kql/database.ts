import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBScalarFunction,
  type DuckDBType,
  DuckDBVarCharType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { sqlText } from '../tables/duckdb.ts';
import type { KqlType } from '../tables/index.ts';
import { allUdfs, type Udf } from './functions/table.ts';
import { macroStatements } from './translate/macros.ts';

export interface LockedDatabaseOptions {
  /** Default 1: then the order of rows, and with it every result, depends on nothing but the data. */
  readonly threads?: number;
  /** Default 1 GiB. */
  readonly memoryLimitInBytes?: number;
  /** Folders whose files may be read and written; none by default. */
  readonly folders?: readonly string[];
  /** Where DuckDB may spill; without it a query that needs more memory fails. */
  readonly tempFolder?: string;
}

/** JSON is VARCHAR with a name: returned under it, a UDF's JSON needs no second parse. */
const JSON_TYPE = DuckDBVarCharType.create('JSON');

const ARGUMENT_TYPES: Readonly<Record<KqlType, DuckDBType>> = {
  string: VARCHAR,
  guid: VARCHAR,
  decimal: VARCHAR,
  dynamic: VARCHAR,
  long: BIGINT,
  datetime: BIGINT,
  timespan: BIGINT,
  int: INTEGER,
  real: DOUBLE,
  bool: BOOLEAN,
};

function scalarFunction(udf: Udf): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: udf.name,
    returnType: udf.returns === 'dynamic' ? JSON_TYPE : ARGUMENT_TYPES[udf.returns],
    parameterTypes: udf.args.map((type) => ARGUMENT_TYPES[type]),
    specialHandling: udf.nulls,
    mainFunction: (_info, input, output) => {
      const vectors = udf.args.map((_, index) => input.getColumnVector(index));
      for (let row = 0; row < input.rowCount; row++) {
        const values = vectors.map((vector) => vector.getItem(row));
        const skipped = !udf.nulls && values.includes(null);
        output.setItem(row, skipped ? null : (udf.run(...(values as never[])) ?? null));
      }
      output.flush();
    },
  });
}

/**
 * A DuckDB of its own that users' queries may run on: no files but those of the given folders, no network, no
 * extensions, no changes of settings.
 */
export async function openLockedDatabase(options: LockedDatabaseOptions = {}): Promise<DuckDBInstance> {
  const memory = Math.round((options.memoryLimitInBytes ?? 2 ** 30) / 2 ** 20);
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 1),
    memory_limit: `${memory}MiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.tempFolder ? { temp_directory: options.tempFolder } : {}),
  });
  const connection = await instance.connect();
  try {
    for (const udf of allUdfs()) connection.registerScalarFunction(scalarFunction(udf));
    await connection.run(macroStatements());
    await lock(connection, options.folders ?? []);
  } finally {
    connection.closeSync();
  }
  return instance;
}

async function lock(connection: DuckDBConnection, folders: readonly string[]): Promise<void> {
  const statements = [
    `SET GLOBAL TimeZone = 'UTC'`,
    `SET GLOBAL ieee_floating_point_ops = true`,
    `SET GLOBAL preserve_insertion_order = true`,
    `SET GLOBAL allowed_directories = [${folders.map((folder) => sqlText(folder)).join(', ')}]`,
    `SET GLOBAL enable_external_access = false`,
    `SET GLOBAL lock_configuration = true`,
  ];
  for (const statement of statements) await connection.run(statement);
}

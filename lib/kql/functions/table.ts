import type { KqlType } from '../../tables/index.ts';
import { type Aggregate, aggregates } from './aggregates.ts';
import { datetimeFunctions, datetimeHelpers } from './datetime.ts';
import {
  type ArgumentType,
  argumentSpecs,
  type ScalarFunction,
  type TypedRun,
  type TypeScriptFunction,
  udfName,
} from './define.ts';
import { dynamicFunctions, dynamicHelpers } from './dynamic.ts';
import { ipFunctions, ipHelpers } from './ip.ts';
import { decimalFunctions, numberFunctions, numberHelpers } from './numbers.ts';
import { seriesFunctions, type TupleFunction, tupleFunctions } from './series.ts';
import { stringFunctions, stringHelpers } from './strings.ts';
import { parseDatetime } from './udfs/datetime-text.ts';
import { parseTimespan } from './udfs/timespan-text.ts';
import { type WindowFunction, windowFunctions } from './windows.ts';

const scalarTable: readonly ScalarFunction[] = [
  ...stringFunctions,
  ...datetimeFunctions,
  ...numberFunctions,
  ...dynamicFunctions,
  ...ipFunctions,
  ...seriesFunctions,
];

const helpers: readonly ScalarFunction[] = [
  ...stringHelpers,
  ...datetimeHelpers,
  ...numberHelpers,
  ...dynamicHelpers,
  ...ipHelpers,
];

function byName<T extends { readonly names: readonly string[] }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.flatMap((row) => row.names.map((name) => [name, row] as const)));
}

/** The function table: KQL name → how it is done. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = byName(scalarTable);
export const tuples: ReadonlyMap<string, TupleFunction> = byName(tupleFunctions);
export const windows: ReadonlyMap<string, WindowFunction> = byName(windowFunctions);

/** Aggregates by name, and whether the name is of the conditional form. */
export const aggregateFunctions: ReadonlyMap<string, { readonly aggregate: Aggregate; readonly conditional: boolean }> =
  new Map(
    aggregates.flatMap((aggregate) => {
      const named = (names: readonly string[], conditional: boolean) => {
        const entry = { aggregate, conditional };
        return names.map((name): [string, typeof entry] => [name, entry]);
      };
      return [...named(aggregate.names, false), ...named(aggregate.conditional ?? [], true)];
    }),
  );

/** A TypeScript function as the database must know it. */
export interface Udf {
  readonly name: string;
  readonly args: readonly KqlType[];
  readonly returns: KqlType;
  readonly nulls: boolean;
  readonly run: TypedRun;
}

function asKqlType(type: ArgumentType): KqlType {
  if (type === 'any' || type === 'number') return 'real';
  return type === 'condition' ? 'bool' : type;
}

function udfOf(row: TypeScriptFunction): Udf {
  const args = argumentSpecs(row.args).map((spec) => asKqlType(spec.type));
  return { name: udfName(row), args, returns: row.returns, nulls: row.nulls ?? false, run: row.run };
}

/** Every TypeScript function that translated SQL may call. */
export function allUdfs(): readonly Udf[] {
  const rows = [...scalarTable, ...helpers].filter((row): row is TypeScriptFunction => 'run' in row);
  return [
    { name: 'kql_parse_datetime', args: ['string'], returns: 'datetime', nulls: false, run: parseDatetime },
    { name: 'kql_parse_timespan', args: ['string'], returns: 'timespan', nulls: false, run: parseTimespan },
    ...decimalFunctions.map((row) => ({ ...row, nulls: false })),
    ...rows.map(udfOf),
    ...tupleFunctions.map((row) => udfOf({ ...row, returns: 'dynamic' })),
  ];
}

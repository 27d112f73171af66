import { listQueries } from '../queries/index.ts';

export interface QueryEntry {
  readonly name: string;
  readonly description: string;
  readonly tables: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly default?: unknown;
    readonly docs: string;
  }[];
  readonly kql: string;
}

/** Every query that `query.run` knows by name, with its parameters. */
export function queryCatalog(): QueryEntry[] {
  return listQueries().map(({ name, description, tables, parameters, kql }) => ({
    name,
    description,
    tables,
    parameters: Object.entries(parameters).map(([parameter, { type, default: value, description: docs }]) => ({
      name: parameter,
      type,
      required: value === undefined,
      ...(value === undefined ? {} : { default: value }),
      docs,
    })),
    kql,
  }));
}

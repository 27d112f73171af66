import { type KqlEngine, type KqlRunOptions, kqlCellText } from '../../../../lib/kql/index.ts';
import { cell, type Table } from '../../../../lib/tables/index.ts';

/** The virtual now of the project's own questions: a Wednesday. */
export const OWN_NOW_IN_MS = Date.UTC(2024, 4, 15, 12);

export interface Asked {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly warnings: readonly string[];
}

/** Runs a query and gives its cells as text. */
export async function ask(engine: KqlEngine, kql: string, options: Partial<KqlRunOptions> = {}): Promise<Asked> {
  const { schema, table, warnings } = await engine.run(kql, { nowInMs: OWN_NOW_IN_MS, ...options });
  const { columns, rowCount } = table as Table;
  return {
    columns: schema.map(({ name, type }) => `${name}:${type}`),
    rows: Array.from({ length: rowCount }, (_, row) =>
      columns.map((column) => kqlCellText(column.type, cell(column, row))),
    ),
    warnings: warnings.map((warning) => warning.code),
  };
}

/** The value of an expression, as text. It is read from a table's row, so that the analyser cannot fold it. */
export async function expressionValue(engine: KqlEngine, expression: string): Promise<string | null> {
  const { rows } = await ask(engine, `print value = ${expression}`);
  return rows[0]![0]!;
}

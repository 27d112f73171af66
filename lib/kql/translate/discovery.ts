import type { SyntaxNode } from '../language/syntax.ts';
import type { Stage } from './stage.ts';

/**
 * Thrown by a plugin whose output columns depend on the data: the engine asks the data, writes the columns into the
 * query (`evaluate bag_unpack(d) : (a:string, …)`, which is KQL), and translates anew.
 */
export class NeedsColumns extends Error {
  /** The operator's node; the columns are written after its end. */
  readonly operator: SyntaxNode;
  /** The stages so far, whose rows answer the question, as one SQL. */
  readonly sql: string;
  /** Makes the columns from the rows of the SQL. */
  readonly columnsOf: (
    rows: readonly (readonly unknown[])[],
  ) => readonly { readonly name: string; readonly type: string }[];
  /** Columns of the table that give way to those that were found, by their names. */
  readonly replaced: (rows: readonly (readonly unknown[])[]) => readonly string[];
  readonly input: Stage;

  constructor(init: Pick<NeedsColumns, 'operator' | 'sql' | 'columnsOf' | 'input'> & Partial<NeedsColumns>) {
    super('the columns of this operator depend on the data');
    this.name = 'NeedsColumns';
    this.operator = init.operator;
    this.sql = init.sql;
    this.columnsOf = init.columnsOf;
    this.replaced = init.replaced ?? (() => []);
    this.input = init.input;
  }
}

const TYPES_OF_JSON: Readonly<Record<string, string>> = {
  VARCHAR: 'string',
  BOOLEAN: 'bool',
  BIGINT: 'long',
  UBIGINT: 'long',
  DOUBLE: 'real',
};

/** The column type that holds values of all these JSON types. */
export function typeOfJsonTypes(types: readonly string[]): string {
  const found = new Set(types.filter((type) => type !== 'NULL').map((type) => TYPES_OF_JSON[type] ?? 'dynamic'));
  if (found.size === 1) return [...found][0]!;
  if (found.size === 2 && found.has('long') && found.has('real')) return 'real';
  return 'dynamic';
}

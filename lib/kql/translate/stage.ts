import type { Warning } from '../../outcome.ts';
import type { KqlType } from '../../tables/index.ts';
import type { Json } from '../json.ts';
import type { SyntaxNode } from '../language/syntax.ts';

export interface StageColumn {
  readonly name: string;
  readonly type: KqlType;
  /** Quoted physical name: DuckDB folds case, so a column that differs from another in case alone has another one. */
  readonly sql: string;
}

/** The output of one operator: a common table expression. */
export interface Stage {
  /** What SQL calls it in `FROM`. */
  readonly relation: string;
  readonly columns: readonly StageColumn[];
  /** True if the order of rows is meant (after `sort`, `top`, `serialize`…). */
  readonly ordered: boolean;
  /** Inside `mv-apply` and `partition`: the hidden columns within whose groups each operator works by itself. */
  readonly partition: readonly string[];
  /** The table's name, for `withsource` and `search`. */
  readonly source?: string;
}

/** A scalar that a `let` or a parameter names. */
export interface Variable {
  readonly type: KqlType;
  readonly sql: string;
  /** Its value where it is known at translation. */
  readonly constant?: Json;
}

export interface UserFunction {
  readonly declaration: SyntaxNode;
  readonly scope: Scope;
  readonly warning?: Warning | undefined;
}

/** What names mean at a place in the query. */
export interface Scope {
  readonly variables: Map<string, () => Variable>;
  readonly tables: Map<string, () => Stage>;
  readonly functions: Map<string, UserFunction>;
}

export function childScope(parent: Scope): Scope {
  return {
    variables: new Map(parent.variables),
    tables: new Map(parent.tables),
    functions: new Map(parent.functions),
  };
}

/** A window expression that must be computed before the operator that uses it. */
export interface Hoisted {
  readonly alias: string;
  readonly sql: string;
}

/** Reads `step.column` in a `scan`; undefined if the name means no step. */
export type StepReader = (step: string, column: string) => string | undefined;

/** The columns and names that a scalar expression can see. */
export interface Row {
  readonly columns: readonly StageColumn[];
  readonly scope: Scope;
  readonly partition: readonly string[];
  /** Inside `summarize`: aggregates are allowed. */
  readonly aggregates: boolean;
  /** Put before columns: `L.` in a join's condition. */
  readonly prefix: string;
  /** True if the rows have a meant order: windows and ordered aggregates follow it. */
  readonly ordered: boolean;
  /** Levels of window expressions: those of a level may use those of the levels before it. Undefined: none allowed. */
  readonly hoists: Hoisted[][] | undefined;
  /** The level that a window expression met now would have at least. */
  readonly level: { current: number };
  /** Inside of `scan`. */
  readonly steps?: StepReader;
}

export function rowOf(stage: Pick<Stage, 'columns' | 'partition' | 'ordered'>, scope: Scope): Row {
  return {
    columns: stage.columns,
    scope,
    partition: stage.partition,
    aggregates: false,
    prefix: '',
    ordered: stage.ordered,
    hoists: undefined,
    level: { current: 0 },
  };
}

/** A row without columns: for arguments that cannot depend on one. */
export function noRow(scope: Scope): Row {
  return rowOf({ columns: [], partition: [], ordered: false }, scope);
}

export function findStageColumn(stage: { readonly columns: readonly StageColumn[] }, name: string) {
  return stage.columns.find((column) => column.name === name);
}

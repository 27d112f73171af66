import type { Warning } from '../../outcome.ts';
import type { KqlType } from '../../tables/index.ts';
import { KqlError, positionOf } from '../errors.ts';
import { columnsOfSymbol, kindOf, type SyntaxNode, type TypeSymbol, textOf } from '../language/syntax.ts';
import { quoteName } from './sql.ts';
import type { Hoisted, Row, Scope, Stage, StageColumn } from './stage.ts';

/** A table that queries can name: its columns and the SQL relation that gives them in the engine's form. */
export interface TranslationTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: KqlType }[];
  readonly relation: string;
  /** False for tables that are known by schema alone. */
  readonly hasData: boolean;
}

export interface TranslationOptions {
  /** The query's text, for positions. */
  readonly text: string;
  readonly tables: ReadonlyMap<string, TranslationTable>;
  /** Virtual now, in ticks. */
  readonly nowInTicks: bigint;
  readonly maxSqlCharacters: number;
  /** The place in the text that the caller wrote, for a place in the text that is translated. */
  readonly originalOffset: (offset: number) => number;
}

export type OperatorRule = (t: Translation, node: SyntaxNode, input: Stage, scope: Scope) => Stage;
export type SourceRule = (t: Translation, node: SyntaxNode, scope: Scope, input: Stage | undefined) => Stage;
/** `condition`: the value only decides whether a row stays, so null may stand for false. */
export type ExpressionRule = (t: Translation, node: SyntaxNode, row: Row, condition: boolean) => string;

export interface Rules {
  readonly operators: Readonly<Record<string, OperatorRule>>;
  readonly sources: Readonly<Record<string, SourceRule>>;
  readonly expressions: Readonly<Record<string, ExpressionRule>>;
}

interface CommonTable {
  readonly name: string;
  readonly sql: string;
  readonly materialized: boolean;
  readonly operator: string;
}

const MAX_DEPTH = 400;
const MAX_STAGES = 3000;

/** One query on its way from the typed tree to SQL: the stages so far, the warnings, and the rules that do the work. */
export class Translation {
  readonly options: TranslationOptions;
  readonly warnings: Warning[] = [];
  /** Columns that the analyser lists and the engine does not make: see `extend st = series_stats(s)`. */
  readonly phantoms = new Set<string>();
  readonly #rules: Rules;
  readonly #stages: CommonTable[] = [];
  #names = 0;
  #depth = 0;
  #characters = 0;
  #anchor: SyntaxNode | undefined;
  #current = '';

  constructor(options: TranslationOptions, rules: Rules) {
    this.options = options;
    this.#rules = rules;
  }

  /** Throws that a construct is not supported, at its place. */
  refuse(node: SyntaxNode, construct: string, message = `${construct} is not supported`): never {
    throw this.error('unsupported', node, construct, message);
  }

  error(code: 'unsupported' | 'semantic' | 'limit', node: SyntaxNode, construct: string, message: string): KqlError {
    const offset = (this.#anchor ?? node).TextStart;
    const place = positionOf(this.options.text, this.options.originalOffset(offset));
    return new KqlError({ code, construct, message, ...place });
  }

  warn(code: string, message: string): void {
    if (!this.warnings.some((warning) => warning.code === code && warning.message === message)) {
      this.warnings.push({ code, message });
    }
  }

  /** Errors met inside the body of a function are reported at its call. */
  within<T>(call: SyntaxNode, work: () => T): T {
    const before = this.#anchor;
    this.#anchor ??= call;
    try {
      return this.#deeper(call, work);
    } finally {
      this.#anchor = before;
    }
  }

  #deeper<T>(node: SyntaxNode, work: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw this.error('limit', node, '', `the query is nested more than ${MAX_DEPTH} levels deep`);
    }
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }

  freshName(prefix: string): string {
    return `__${prefix}${this.#names++}`;
  }

  /** Adds a stage. `like`: whose order and partition it keeps. */
  stage(
    sql: string,
    columns: readonly StageColumn[],
    like: { ordered?: boolean; partition?: readonly string[]; materialized?: boolean; source?: string } = {},
  ): Stage {
    const name = `s${this.#stages.length}`;
    this.#characters += sql.length;
    if (this.#characters > this.options.maxSqlCharacters || this.#stages.length > MAX_STAGES) {
      throw new KqlError({
        code: 'limit',
        construct: '',
        message: `the query is too large: its SQL passes ${this.options.maxSqlCharacters} characters`,
        line: null,
        column: null,
      });
    }
    this.#stages.push({ name, sql, materialized: like.materialized ?? false, operator: this.#current });
    return {
      relation: name,
      columns,
      ordered: like.ordered ?? false,
      partition: like.partition ?? [],
      ...(like.source === undefined ? {} : { source: like.source }),
    };
  }

  /** A list for `SELECT`: the items, and the hidden columns of the partition. Never empty. */
  select(stage: Stage, items: readonly string[]): string {
    const all = [...items, ...stage.partition];
    return all.length > 0 ? all.join(', ') : '1 AS "__none"';
  }

  /** The output columns that the analyser gives an operator, with physical names. */
  columnsOf(node: SyntaxNode): StageColumn[] {
    return this.columnsOfType(node.ResultType, node);
  }

  columnsOfType(type: TypeSymbol | null | undefined, node: SyntaxNode): StageColumn[] {
    const columns = type && columnsOfSymbol(type);
    if (!columns) return this.refuse(node, textOf(node).slice(0, 60), 'the columns of this expression are not known');
    return physicalColumns(columns.filter((column) => !this.phantoms.has(column.name)));
  }

  tabular(node: SyntaxNode, scope: Scope, input?: Stage): Stage {
    return this.#deeper(node, () => {
      const kind = kindOf(node);
      const source = this.#rules.sources[kind];
      if (source) return source(this, node, scope, input);
      const operator = this.#rules.operators[kind];
      if (!operator) return this.refuse(node, operatorName(kind, node));
      if (!input) return this.refuse(node, operatorName(kind, node), `${operatorName(kind, node)} has no input`);
      const before = this.#current;
      this.#current = textOf(node);
      try {
        return operator(this, node, input, scope);
      } finally {
        this.#current = before;
      }
    });
  }

  scalar(node: SyntaxNode, row: Row, condition = false): string {
    return this.#deeper(node, () => {
      const kind = kindOf(node);
      const rule = this.#rules.expressions[kind];
      return rule
        ? rule(this, node, row, condition)
        : this.refuse(node, textOf(node).slice(0, 60), `${kind} is not supported`);
    });
  }

  table(name: string): TranslationTable | undefined {
    return this.options.tables.get(name);
  }

  /** Runs `build` with a row over `input` in which window functions are allowed; computes those in stages before. */
  withWindows<T>(input: Stage, scope: Scope, build: (row: Row) => T): { input: Stage; built: T } {
    const hoists: Hoisted[][] = [];
    const row: Row = {
      columns: input.columns,
      scope,
      partition: input.partition,
      aggregates: false,
      prefix: '',
      ordered: input.ordered,
      hoists,
      level: { current: 0 },
    };
    const built = build(row);
    let stage = input;
    if (hoists.length > 0) {
      const ordinal = quoteName('__ordinal');
      stage = this.#like(stage, `SELECT *, row_number() OVER () AS ${ordinal} FROM ${stage.relation}`);
      for (const level of hoists) {
        const items = level.map(({ alias, sql }) => `${sql} AS ${alias}`);
        stage = this.#like(stage, `SELECT *, ${items.join(', ')} FROM ${stage.relation}`);
      }
      stage = this.#like(stage, `SELECT * FROM ${stage.relation} ORDER BY ${ordinal}`);
    }
    return { input: stage, built };
  }

  #like(stage: Stage, sql: string): Stage {
    return { ...this.stage(sql, stage.columns), ordered: stage.ordered, partition: stage.partition };
  }

  /** The whole SQL whose last stage is `final`, and the stages that it uses, in order. */
  finish(final: Stage): { sql: string; stages: readonly { name: string; operator: string; sql: string }[] } {
    const { ctes, used } = this.#liveStages(final);
    const items = final.columns.map((column) => `${outputOf(column)} AS ${column.sql}`);
    const list = items.length > 0 ? items.join(', ') : '1 AS "__none"';
    const body = `SELECT ${list} FROM ${final.relation}`;
    return { sql: ctes.length > 0 ? `WITH ${ctes.join(',\n')}\n${body}` : body, stages: used };
  }

  #liveStages(final: Stage): { ctes: string[]; used: { name: string; operator: string; sql: string }[] } {
    const byName = new Map(this.#stages.map((stage) => [stage.name, stage]));
    const uses = new Map<string, number>();
    const pending = [final.relation];
    while (pending.length > 0) {
      const stage = byName.get(pending.pop()!);
      if (!stage) continue;
      const seen = uses.get(stage.name) ?? 0;
      uses.set(stage.name, seen + 1);
      if (seen === 0) pending.push(...stageNames(stage.sql));
    }
    const used = this.#stages.filter((stage) => uses.has(stage.name));
    const ctes = used.map(({ name, sql, materialized }) => {
      const keep = materialized || uses.get(name)! > 1;
      return `${name} AS ${keep ? 'MATERIALIZED' : 'NOT MATERIALIZED'} (${sql})`;
    });
    return { ctes, used: used.map(({ name, operator, sql }) => ({ name, operator, sql })) };
  }
}

/** Names of stages that an SQL text mentions outside of its literals and quoted names. */
function stageNames(sql: string): string[] {
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "''").match(/\bs\d+\b/g) ?? [];
}

function outputOf(column: StageColumn): string {
  return column.type === 'dynamic' ? `CAST(${column.sql} AS VARCHAR)` : column.sql;
}

function operatorName(kind: string, node: SyntaxNode): string {
  if (!kind.endsWith('Operator')) return textOf(node).slice(0, 60);
  return textOf(node).split(/[\s(]/)[0] || kind;
}

/** Columns with physical names that differ in more than case, and never collide with the engine's hidden ones. */
export function physicalColumns(columns: readonly { name: string; type: KqlType }[]): StageColumn[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    let physical = name.startsWith('__') ? `_${name}` : name;
    while (taken.has(physical.toLowerCase())) physical += "'";
    taken.add(physical.toLowerCase());
    return { name, type, sql: quoteName(physical) };
  });
}

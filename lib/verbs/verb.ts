import type { z } from 'zod';
import type { EntityKind } from '../entities/entity.ts';
import { TrailhoundError } from '../errors.ts';
import type { Finding, Verdict, Warning } from '../outcome.ts';
import type { TimeRange } from '../providers/provider.ts';
import type { KqlType, ParquetTable, Table, TableSource } from '../tables/index.ts';
import type { BudgetKind, Spending } from './budget.ts';
import type { VerbServices } from './services.ts';

/** A parameter that names a column of the input (or a list of them), and what the column must be. */
export interface ColumnParameter {
  /** The parameter's name in `params`. */
  readonly parameter: string;
  /** Types that are taken; empty: any. */
  readonly types: readonly KqlType[];
  /** Columns tried in this order when the caller names none. */
  readonly defaults?: readonly string[];
}

export interface OutputColumn {
  readonly name: string;
  readonly type: KqlType;
  readonly description: string;
}

/** A picture, page or export that a verb made; it is stored as `{name}.{kind}`. */
export interface ArtifactContent {
  readonly name: string;
  readonly kind: 'png' | 'html' | 'csv' | 'json';
  readonly content: Uint8Array | string;
}

/** What a verb gives. The main table is named after the step; `tables` holds further ones, by name. */
export interface VerbOutput {
  readonly table?: Table | ParquetTable;
  readonly tables?: Readonly<Record<string, Table | ParquetTable>>;
  readonly artifacts?: readonly ArtifactContent[];
  readonly findings?: readonly Finding[];
  readonly verdicts?: readonly Verdict[];
  readonly warnings?: readonly Warning[];
  /** What of the budget it used. */
  readonly spent?: Spending;
  /** True if rows are missing: a limit was met, a provider was down, a part failed. A warning says which. */
  readonly partial?: boolean;
}

/** The part of the settings that names files which verbs read. */
export interface ContentSettings {
  readonly ruleFolders: readonly string[];
  readonly allowLists: readonly string[];
}

export interface VerbContext {
  readonly signal: AbortSignal;
  /** The investigation's virtual now, in milliseconds since 1970: verbs read no other clock for results. */
  readonly nowInMs: number;
  /** Name of the step that runs the verb: artifacts without a name of their own bear it. */
  readonly step?: string;
  /** The investigation's time range, which `query.run` keeps to. */
  readonly timeRange?: TimeRange;
  /** How much of the investigation's budget is left for this step; absent: no bound but the verb's own. */
  readonly allowance?: Spending;
  /** Files of the settings that verbs read; absent: those of the settings as they are now. */
  readonly content?: ContentSettings;
  /** What verbs with `runsIn: 'main'` may reach: providers, secrets, caches. Absent in workers. */
  readonly services?: VerbServices;
}

/**
 * One verb: what MSTICPy calls a pivot function. Pure over its inputs unless `runsIn` is `main`.
 * The registry drives playbook validation, the catalogue, OpenAPI, the command line's help and generated docs.
 */
export interface Verb<Schema extends z.ZodObject = z.ZodObject> {
  /** `family.action-noun`, as `decode.base64`. */
  readonly name: string;
  /** One line in the imperative. */
  readonly summary: string;
  /** Markdown: what it does, limits, source of the algorithm. */
  readonly description: string;
  readonly entities: readonly EntityKind[];
  /** How many input tables: `from` takes one name or a list. */
  readonly inputTables: { readonly min: number; readonly max: number };
  readonly columnParameters: readonly ColumnParameter[];
  readonly parameters: Schema;
  /** `kept`: the input's columns come first in the output. */
  readonly output: {
    readonly keepsInput: boolean;
    readonly columns: readonly OutputColumn[];
    readonly artifacts?: boolean;
  };
  /** What of the investigation's budget it uses. */
  readonly spends?: readonly BudgetKind[];
  /** `worker`: CPU-heavy and pure. `main`: waits on the network. */
  readonly runsIn: 'worker' | 'main';
  /** YAML of a step that uses it. */
  readonly example: string;
  /**
   * The same parameters without names of files that may change (as a stored query's): an investigation keeps what they
   * meant when it was planned.
   *
   * @throws TrailhoundError: a name stands for nothing
   */
  settle?(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  run(inputs: readonly TableSource[], parameters: z.output<Schema>, context: VerbContext): Promise<VerbOutput>;
}

/**
 * A verb's parameters, checked and with defaults.
 *
 * @throws TrailhoundError `usage` with every problem
 */
export function parseParameters(verb: Verb, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed = verb.parameters.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new TrailhoundError('usage', `${verb.name}: ${problems.join('; ')}`, {
    hint: `trailhound catalog verbs ${verb.name} shows what it takes`,
  });
}

/** Gives a verb its parameter types; no more than the identity. */
export function defineVerb<Schema extends z.ZodObject>(verb: Verb<Schema>): Verb<Schema> {
  return verb;
}

import { z } from 'zod';
import type { KqlType } from '../tables/index.ts';
import { verbs } from '../verbs/registry.ts';
import type { Verb } from '../verbs/verb.ts';

/** A parameter of a verb, as people read it. */
export interface ParameterEntry {
  readonly name: string;
  /** `string`, `number`, `string[]`, or the values that are possible. */
  readonly type: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly docs: string;
}

export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly entities: readonly string[];
  readonly inputTables: Verb['inputTables'];
  readonly columnParameters: Verb['columnParameters'];
  readonly parameters: readonly ParameterEntry[];
  /** JSON Schema of the parameters. */
  readonly schema: JsonSchema;
  readonly output: {
    readonly keepsInput: boolean;
    readonly artifacts: boolean;
    readonly columns: readonly { readonly name: string; readonly type: KqlType; readonly docs: string }[];
  };
  readonly runsIn: Verb['runsIn'];
  readonly example: string;
}

/** The parts of JSON Schema that parameters use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Every verb with all that is declared of it. */
export function verbCatalog(): VerbEntry[] {
  return [...verbs.values()].map(describeVerb);
}

function describeVerb(verb: Verb): VerbEntry {
  const { name, summary, description, entities, inputTables, columnParameters, output, runsIn, example } = verb;
  const schema = z.toJSONSchema(verb.parameters, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return {
    name,
    summary,
    description,
    entities,
    inputTables,
    columnParameters,
    parameters: Object.entries(schema.properties ?? {}).map(([parameter, node]) => ({
      name: parameter,
      type: typeText(node),
      required: schema.required?.includes(parameter) ?? false,
      ...(node.default === undefined ? {} : { default: node.default }),
      docs: node.description ?? '',
    })),
    schema,
    output: {
      keepsInput: output.keepsInput,
      artifacts: output.artifacts ?? false,
      columns: output.columns.map((column) => ({ name: column.name, type: column.type, docs: column.description })),
    },
    runsIn,
    example,
  };
}

/** A schema in one phrase: `string`, `"a" | "b"`, `integer 1 to 50`, `string[]`. */
export function typeText(node: JsonSchema): string {
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (node.const !== undefined) return JSON.stringify(node.const);
  const choices = node.anyOf ?? node.oneOf;
  if (choices) return [...new Set(choices.map(typeText))].join(' | ');
  if (node.items) {
    const item = typeText(node.items);
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (typeof node.additionalProperties === 'object') return `map of ${typeText(node.additionalProperties)}`;
  const type = Array.isArray(node.type) ? node.type.join(' | ') : ((node.type as string | undefined) ?? 'any');
  const { minimum, maximum } = node;
  const isBounded = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (isBounded(minimum) && isBounded(maximum)) return `${type} ${minimum} to ${maximum}`;
  if (isBounded(minimum)) return `${type} from ${minimum}`;
  return isBounded(maximum) ? `${type} up to ${maximum}` : type;
}

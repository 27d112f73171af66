import { z } from 'zod';
import { settingsSchema } from './settings-schema.ts';

/** The parts of JSON Schema that settings use. */
export interface SchemaNode {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  /** Ours: the value is a secret or refers to one. */
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: { readonly pattern?: string };
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

let cached: SchemaNode | undefined;

/** JSON Schema of `trailhound.yaml`, for editors. */
export function settingsJsonSchema(): SchemaNode {
  cached ??= z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  return cached;
}

/** The alternatives that a node stands for: itself, or those of a union that fit what is known of the value. */
function alternatives(node: SchemaNode, value: unknown): readonly SchemaNode[] {
  const choices = node.anyOf ?? node.oneOf;
  if (!choices) return [node];
  const type = (value as { type?: unknown } | null | undefined)?.type;
  const fitting = choices.filter((choice) => choice.properties?.['type']?.const === type);
  return fitting.length > 0 && type !== undefined ? fitting : choices;
}

/** The schema's node for a field, following the value where a union has to be told apart; undefined if unknown. */
export function nodeAt(path: readonly PropertyKey[], value: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = settingsJsonSchema();
  let current = value;
  for (const key of path) {
    const next: SchemaNode[] = [];
    for (const choice of alternatives(node, current)) {
      const child = childOf(choice, key);
      if (child) next.push(child);
    }
    node = next[0];
    if (!node) return undefined;
    current = (current as Record<PropertyKey, unknown> | null | undefined)?.[key];
  }
  return node;
}

function childOf(node: SchemaNode, key: PropertyKey): SchemaNode | undefined {
  if (typeof key === 'number' || (node.items && /^\d+$/.test(String(key)))) return node.items;
  const name = String(key);
  if (node.properties && Object.hasOwn(node.properties, name)) return node.properties[name];
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

/** The names that a mapping at this field may have. */
export function namesAt(path: readonly PropertyKey[], value: unknown): string[] {
  const node = nodeAt(path, value);
  if (!node) return [];
  const holder = path.reduce<unknown>((held, key) => (held as Record<PropertyKey, unknown>)?.[key], value);
  return alternatives(node, holder).flatMap((choice) => Object.keys(choice.properties ?? {}));
}

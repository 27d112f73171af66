import { z } from 'zod';
import { providerSchema } from '../config/provider-schema.ts';
import { type JsonSchema, type ParameterEntry, typeText } from './verbs.ts';

export interface ProviderEntry {
  /** The `type` by which settings name it. */
  readonly name: string;
  readonly settings: readonly ParameterEntry[];
}

/** Every type of query provider that settings may name, with its settings. */
export function providerCatalog(): ProviderEntry[] {
  const schema = z.toJSONSchema(providerSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const types = schema.anyOf ?? schema.oneOf ?? [];
  return types
    .map(({ properties = {}, required = [] }) => ({
      name: String(properties['type']?.const),
      settings: Object.entries(properties)
        .filter(([setting]) => setting !== 'type')
        .map(([setting, node]) => ({
          name: setting,
          type: typeText(node),
          required: required.includes(setting),
          ...(node.default === undefined ? {} : { default: node.default }),
          docs: node.description ?? '',
        })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

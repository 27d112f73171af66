import { nodeAt } from './json-schema.ts';

/** A field of the settings that holds a secret or refers to one. */
export interface SecretField {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

/** Whether a value refers to a secret that lies elsewhere. */
export function isReference(value: string): boolean {
  return /^(?:env|kv|setting):/.test(value);
}

/** Every secret that is written out in settings, checked or not. */
export function literalSecrets(settings: unknown): SecretField[] {
  return secretFields(settings).filter(({ value }) => !isReference(value));
}

/** Every secret of the settings that lies elsewhere. */
export function secretReferences(settings: unknown): SecretField[] {
  return secretFields(settings).filter(({ value }) => isReference(value));
}

function secretFields(settings: unknown): SecretField[] {
  const found: SecretField[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === 'string') {
      if (nodeAt(path, settings)?.secret) found.push({ path, value });
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    }
  };
  walk(settings, []);
  return found;
}

/**
 * A copy of settings in which secrets that are written out have become references (`setting:threatIntel.otx.key`), so
 * that it can be shown and stored; with the settings it came from, it is worth the same.
 */
export function withoutSecrets<Value>(settings: Value): Value {
  const copy = structuredClone(settings);
  for (const { path } of literalSecrets(settings)) {
    let holder = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
    holder[path.at(-1)!] = `setting:${path.join('.')}`;
  }
  return copy;
}

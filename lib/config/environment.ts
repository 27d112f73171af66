import { parse } from 'yaml';
import { namesAt, nodeAt } from './json-schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'TRAILHOUND__';

/** One setting that came from the environment. */
export interface EnvironmentSetting {
  readonly variable: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * The settings that environment variables and app settings give: `TRAILHOUND__budgets__queries=50` sets
 * `budgets.queries`, `TRAILHOUND__workspaces__0__name=soc` the first workspace's name. Names are matched without regard
 * to case; a value where the schema wants no text is read as YAML, so that lists and mappings can be given too.
 */
export function settingsFromEnvironment(env: Environment): EnvironmentSetting[] {
  const found: EnvironmentSetting[] = [];
  for (const variable of Object.keys(env).sort()) {
    const text = env[variable];
    if (text === undefined || !variable.toUpperCase().startsWith(PREFIX)) continue;
    const path: (string | number)[] = [];
    for (const segment of variable.slice(PREFIX.length).split('__')) {
      const names = namesAt(path, undefined);
      const name = names.find((known) => known.toLowerCase() === segment.toLowerCase());
      path.push(name ?? (/^\d+$/.test(segment) ? Number(segment) : segment));
    }
    found.push({ variable, path, value: readValue(text, path) });
  }
  return found;
}

function readValue(text: string, path: readonly (string | number)[]): unknown {
  if (nodeAt(path, undefined)?.type === 'string') return text;
  try {
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch {
    return text;
  }
}

/** Puts a value at a path into plain data, making what is missing on the way. */
export function placeValue(root: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  let holder: Record<string | number, unknown> = root;
  path.forEach((key, index) => {
    if (index === path.length - 1) {
      Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
      return;
    }
    const next = Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (typeof next !== 'object' || next === null) {
      const made = typeof path[index + 1] === 'number' ? [] : {};
      Object.defineProperty(holder, key, { value: made, enumerable: true, configurable: true, writable: true });
    }
    holder = holder[key] as Record<string | number, unknown>;
  });
}

import { namesAt, nodeAt, type SchemaNode } from './json-schema.ts';
import { readTyped } from './typed-value.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'TRAILHOUND__';

/** One setting that came from the environment. */
export interface EnvironmentSetting {
  readonly variable: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  /** Why it could not be laid over the settings. */
  readonly fault?: string;
}

type Path = (string | number)[];

/**
 * Lays the settings of environment variables and app settings over `root`, and tells which there were:
 * `TRAILHOUND__budgets__queries=50` sets `budgets.queries`, `TRAILHOUND__workspaces__0__name=soc` the first workspace's
 * name. An empty variable sets nothing.
 *
 * Names are matched without regard to case, and `_` stands for `-` too, for a variable's name can have no hyphen
 * everywhere. Values are read as `readTyped` does.
 */
export function overlayEnvironment(root: Record<string, unknown>, env: Environment): EnvironmentSetting[] {
  const given = Object.keys(env)
    .filter((variable) => variable.toUpperCase().startsWith(PREFIX) && env[variable])
    .map((variable) => ({ variable, segments: variable.slice(PREFIX.length).split('__') }))
    .sort((a, b) => compareSegments(a.segments, b.segments));
  const settings: EnvironmentSetting[] = [];
  for (const { variable, segments } of given) {
    const { path, fault } = resolvePath(segments, root);
    const value = readTyped(env[variable]!, path, root);
    const twin = settings.find((other) => samePath(other.path, path));
    const reason = fault ?? (twin ? `is set by ${twin.variable} too` : undefined);
    if (reason === undefined) placeValue(root, path, value);
    settings.push({ variable, path, value, ...(reason === undefined ? {} : { fault: reason }) });
  }
  return settings;
}

/** What holds others comes before them, and entries of a list come in their order. */
function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [left, right] = [a[index]!.toLowerCase(), b[index]!.toLowerCase()];
    if (left === right) continue;
    if (isIndex(left) && isIndex(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** The field that a variable's segments mean, as the schema and the settings at hand write it. */
function resolvePath(segments: readonly string[], root: unknown): { path: Path; fault?: string } {
  const path: Path = [];
  let held: unknown = root;
  for (const [position, segment] of segments.entries()) {
    const node = nodeAt(path, root);
    if (node?.items && !node.properties) {
      const length = Array.isArray(held) ? held.length : 0;
      const index = isIndex(segment) ? Number(segment) : undefined;
      const unread = { path: [...path, index ?? segment, ...segments.slice(position + 1)] };
      if (index === undefined) return { ...unread, fault: 'is an entry of a list, which goes by its number, from 0' };
      if (index > length) return { ...unread, fault: `leaves a gap: the list has ${length} entries so far` };
      path.push(index);
    } else path.push(nameOf(segment, node, path, root, held));
    const key = path.at(-1)!;
    held = isHolder(held) && Object.hasOwn(held, key) ? held[key as keyof typeof held] : undefined;
  }
  return { path };
}

function nameOf(segment: string, node: SchemaNode | undefined, path: Path, root: unknown, held: unknown): string {
  const fixed = namesAt(path, root);
  const there = isHolder(held) && !Array.isArray(held) ? Object.keys(held) : [];
  const known = [...fixed, ...there];
  const loose = (name: string) => name.toLowerCase().replaceAll('_', '-');
  const found =
    known.find((name) => name === segment) ??
    known.find((name) => name.toLowerCase() === segment.toLowerCase()) ??
    there.find((name) => loose(name) === loose(segment));
  if (found !== undefined || !node || typeof node.additionalProperties !== 'object') return found ?? segment;
  const { pattern } = node.propertyNames ?? {};
  // Names of services, and of what has a rule for its names, are in small letters.
  const isStrict = pattern === undefined ? fixed.length > 0 : !new RegExp(pattern).test(segment);
  return isStrict ? loose(segment) : segment;
}

/** Puts a value at a path into plain data, making what is missing on the way. */
export function placeValue(root: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  let holder: Record<string | number, unknown> = root;
  const put = (key: string | number, item: unknown) =>
    Object.defineProperty(holder, key, { value: item, enumerable: true, configurable: true, writable: true });
  for (const [index, key] of path.entries()) {
    if (index === path.length - 1) {
      put(key, value);
      return;
    }
    const next = Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (!isHolder(next)) put(key, typeof path[index + 1] === 'number' ? [] : {});
    holder = holder[key] as Record<string | number, unknown>;
  }
}

function samePath(a: readonly PropertyKey[], b: readonly PropertyKey[]): boolean {
  return a.length === b.length && a.every((key, index) => String(key) === String(b[index]));
}

function isIndex(segment: string): boolean {
  return /^\d{1,6}$/.test(segment);
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

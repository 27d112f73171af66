/** Readers for payloads in which every member may be missing, null or of another type. */
export type Plain = Readonly<Record<string, unknown>>;

const MAX_TEXT = 8_192;
const MAX_ITEMS = 1_000;

export function objectOf(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [];
}

/** Text, cut at 8,192 characters; empty if it is none. */
export function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : '';
}

export function textsOf(value: unknown): string[] {
  return listOf(value)
    .map(textOf)
    .filter((text) => text !== '');
}

/** The first member of these names that is set, whatever the case of its name. */
export function pick(object: Plain, ...names: readonly string[]): unknown {
  for (const name of names) if (object[name] !== undefined && object[name] !== null) return object[name];
  const lower = new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
  for (const name of names) {
    const value = lower.get(name.toLowerCase());
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The distinct values, in order of first mention. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

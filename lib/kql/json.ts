/** A dynamic value in JavaScript. Numbers that a double would change are kept as their text. */
export type Json = string | number | boolean | null | ExactNumber | Json[] | { [key: string]: Json };

/** A number whose text says more than the double: longs beyond 2^53, and reals that are whole (`1.0`). */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }
}

interface ReviverContext {
  readonly source?: string;
}

const NEEDS_CARE = /\d{16}|\.0|[eE]/;

/** Parses JSON without losing a digit; undefined if it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    if (!NEEDS_CARE.test(text)) return JSON.parse(text) as Json;
    return JSON.parse(text, function keepExact(_key: string, value: unknown, context?: ReviverContext) {
      if (typeof value !== 'number' || context?.source === undefined) return value;
      return String(value) === context.source ? value : new ExactNumber(context.source);
    } as (key: string, value: unknown) => unknown) as Json;
  } catch {
    return undefined;
  }
}

/** Minified JSON. Numbers that JSON has not (NaN, infinities) become the names that Kusto prints. */
export function formatJson(value: Json): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(formatJson).join(',')}]`;
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${formatJson(item)}`);
    return `{${pairs.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The text of a real as dynamic values hold it: whole ones keep `.0`. */
export function realJson(value: number): Json {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? new ExactNumber(`${value}.0`) : value;
}

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export function isNumeric(value: Json | undefined): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

/** A dynamic value as `tostring` gives it. */
export function textOfJson(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : formatJson(value);
}

import { TrailhoundError } from '../errors.ts';
import { isoFromTicks, type KqlType, MAX_DATETIME_TICKS, textFromTimespan, ticksFromIso } from '../tables/index.ts';
import { language } from './language/language.ts';
import { elements, kindOf, mustPart, nameOf, part, type SyntaxNode, textOf } from './language/syntax.ts';

/** A value on its way into a query's text. Datetimes and timespans may be ticks of 100 ns (bigint). */
export type KqlValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | readonly KqlValue[]
  | { readonly [key: string]: KqlValue };

const LONG_LIMIT = 2n ** 63n;
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const NAME = /^[\p{L}\p{N}_ .-]{1,1024}$/u;
const TIMESPAN =
  /^-?(?:\d+(?:\.\d+)?(?:d|h|m|s|ms|microsecond|tick)|(?:\d+\.)?\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?)$/;
const DECIMAL = /^-?\d{1,34}(?:\.\d{1,34})?$/;
/** Characters that end a line or are invisible for some reader of the text, and lone surrogates (not in UTF-8). */
const RISKY = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

function refuse(value: unknown, type: KqlType): never {
  const shown = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  throw new TrailhoundError('usage', `${shown.slice(0, 80)} is not a value of the KQL type ${type}`);
}

function escapeRisky(text: string): string {
  return text.replace(RISKY, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function encodeText(value: string): string {
  const escaped = value
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escapeRisky(escaped)}"`;
}

function encodeDatetime(value: KqlValue): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) refuse(value, 'datetime');
    const year = value.getUTCFullYear();
    if (year < 1 || year > 9999) refuse(value, 'datetime');
    return `datetime(${value.toISOString()})`;
  }
  const ticks = typeof value === 'string' ? ticksFromIso(value) : value;
  if (typeof ticks !== 'bigint' || ticks < 0n || ticks > MAX_DATETIME_TICKS) refuse(value, 'datetime');
  return `datetime(${isoFromTicks(ticks)})`;
}

function encodeWhole(value: KqlValue, type: 'long' | 'int'): string {
  const isWhole =
    typeof value === 'bigint' ||
    Number.isSafeInteger(value) ||
    (typeof value === 'string' && /^-?\d{1,19}$/.test(value));
  if (!isWhole) refuse(value, type);
  const whole = BigInt(value as bigint | number | string);
  const limit = type === 'int' ? 2n ** 31n : LONG_LIMIT;
  if (whole < -limit || whole >= limit) refuse(value, type);
  return `${type}(${whole})`;
}

function encodeReal(value: KqlValue): string {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' && typeof number !== 'bigint') refuse(value, 'real');
  if (Number.isNaN(number)) return 'real(nan)';
  if (number === Number.POSITIVE_INFINITY) return 'real(+inf)';
  if (number === Number.NEGATIVE_INFINITY) return 'real(-inf)';
  return `real(${number})`;
}

function encodeBool(value: KqlValue): string {
  if (value === true || value === 'true') return 'true';
  if (value === false || value === 'false') return 'false';
  return refuse(value, 'bool');
}

function jsonOf(value: KqlValue): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  }
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
  }
  return value;
}

const NULLS: Readonly<Record<KqlType, string>> = {
  string: '""',
  long: 'long(null)',
  int: 'int(null)',
  real: 'real(null)',
  bool: 'bool(null)',
  datetime: 'datetime(null)',
  timespan: 'timespan(null)',
  dynamic: 'dynamic(null)',
  guid: 'guid(null)',
  decimal: 'decimal(null)',
};

/**
 * A value as a KQL literal of a type: whatever the value holds, it stays one literal. KQL has no null strings: null
 * becomes `""`. A list is a `dynamic` (`in` and `has_any` take one, and an empty one is still valid syntax).
 *
 * @throws TrailhoundError `usage` if the value is not of the type.
 * @example encodeLiteral('a"b', 'string') // "a\"b"
 * @example encodeLiteral(['a', 'b'], 'dynamic') // dynamic(["a","b"])
 */
export function encodeLiteral(value: KqlValue, type: KqlType): string {
  if (value === null) return NULLS[type];
  switch (type) {
    case 'string':
      return typeof value === 'string' ? encodeText(value) : refuse(value, type);
    case 'datetime':
      return encodeDatetime(value);
    case 'long':
    case 'int':
      return encodeWhole(value, type);
    case 'real':
      return encodeReal(value);
    case 'bool':
      return encodeBool(value);
    case 'timespan':
      if (typeof value === 'bigint') return `timespan(${textFromTimespan(value)})`;
      return typeof value === 'string' && TIMESPAN.test(value) ? `timespan(${value})` : refuse(value, type);
    case 'guid':
      return typeof value === 'string' && GUID.test(value) ? `guid(${value})` : refuse(value, type);
    case 'decimal':
      return DECIMAL.test(String(value)) ? `decimal(${value})` : refuse(value, type);
    case 'dynamic':
      return `dynamic(${encodeJson(jsonOf(value))})`;
  }
}

/** JSON whose strings are escaped as KQL's own: a dynamic literal's strings are KQL strings. */
function encodeJson(value: unknown): string {
  if (typeof value === 'string') return encodeText(value);
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]) => `${encodeText(key)}:${encodeJson(item)}`);
    return `{${pairs.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * A table's or column's name in a query. Names are not values: resolve them against a schema first where there is one.
 *
 * @throws TrailhoundError `usage` if the name holds anything but letters, digits, `_`, `-`, `.` and spaces.
 */
export function encodeName(name: string): string {
  if (!NAME.test(name)) {
    throw new TrailhoundError('usage', `${JSON.stringify(name.slice(0, 80))} cannot be a name in a query`, {
      hint: 'Names hold letters, digits, "_", "-", "." and spaces.',
    });
  }
  return `['${name}']`;
}

/** A text as a KQL string literal. */
export function quoteForKql(text: string): string {
  return encodeText(text);
}

export interface DeclaredParameter {
  readonly name: string;
  readonly type: KqlType;
  /** The default as the header writes it. */
  readonly defaultText?: string;
}

interface Header {
  readonly start: number;
  readonly end: number;
  readonly parameters: readonly DeclaredParameter[];
}

function statementOf(text: string): SyntaxNode | undefined {
  const { root } = language().analyze(text, language().globals([], []));
  return elements(part(root, 'Statements')).find((statement) => kindOf(statement) === 'QueryParametersStatement');
}

function headerOf(text: string): Header | undefined {
  if (!/\bquery_parameters\b/.test(text)) return undefined;
  const statement = statementOf(text);
  if (!statement) return undefined;
  const parameters = elements(part(statement, 'Parameters')).map((parameter): DeclaredParameter => {
    const declared = mustPart(parameter, 'NameAndType');
    const byDefault = part(parameter, 'DefaultValue');
    return {
      name: nameOf(mustPart(declared, 'Name')),
      type: typeNamed(textOf(mustPart(declared, 'Type'))),
      ...(byDefault ? { defaultText: textOf(mustPart(byDefault, 'Value')) } : {}),
    };
  });
  return { start: statement.TextStart, end: statement.TextStart + statement.Width, parameters };
}

function typeNamed(name: string): KqlType {
  const symbol = language().typeNamed(name);
  if (symbol && symbol.Name in NULLS) return symbol.Name as KqlType;
  throw new TrailhoundError('usage', `"${name}" is not a scalar type of KQL`);
}

/** What a query's `declare query_parameters(…)` header declares; empty without one. */
export function declaredParameters(text: string): readonly DeclaredParameter[] {
  return headerOf(text)?.parameters ?? [];
}

/** A harmless value of the same shape: what the token structure is compared with. */
function benign(value: KqlValue): KqlValue {
  if (typeof value === 'string') return 'x';
  if (Array.isArray(value)) return value.map(benign);
  if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([, item], index) => [`k${index}`, benign(item)]));
  }
  return value;
}

/**
 * Replaces a query's header `declare query_parameters(host:string, …)` by `let` statements with the encoded values
 * (Log Analytics has no parameters on the server's side). The number of lines does not change. A second reading of
 * the tokens proves that the values did not change the query's structure.
 *
 * @throws TrailhoundError `usage` for a missing, unknown or ill-typed parameter.
 * @example bindParameters('declare query_parameters(h:string); T | where Computer has h', { h: 'ws-17' })
 */
export function bindParameters(text: string, values: Readonly<Record<string, KqlValue>> = {}): string {
  const header = headerOf(text);
  const declared = header?.parameters ?? [];
  const unknown = Object.keys(values).filter((name) => !declared.some((parameter) => parameter.name === name));
  if (unknown.length > 0) {
    throw new TrailhoundError('usage', `the query declares no parameter named ${unknown.join(', ')}`, {
      hint: 'Declare it in the first line: declare query_parameters(name:type);',
    });
  }
  if (!header) return text;
  const bind = (shape: (value: KqlValue, type: KqlType) => KqlValue): string => {
    const lets = declared.map(({ name, type, defaultText }) => {
      const value = values[name];
      if (value !== undefined) return `let ${encodeName(name)} = ${encodeLiteral(shape(value, type), type)}`;
      if (defaultText !== undefined) return `let ${encodeName(name)} = ${defaultText}`;
      throw new TrailhoundError('usage', `the query's parameter "${name}" (${type}) has no value`);
    });
    const lines = text.slice(header.start, header.end).split('\n').length - 1;
    return text.slice(0, header.start) + lets.join('; ') + '\n'.repeat(lines) + text.slice(header.end);
  };
  const bound = bind((value) => value);
  const expected = bind((value, type) => (type === 'string' || type === 'dynamic' ? benign(value) : value));
  const kinds = (query: string) =>
    language()
      .tokens(query)
      .map((token) => token.kind)
      .join(' ');
  if (kinds(bound) !== kinds(expected)) {
    throw new TrailhoundError('usage', 'a parameter’s value would change the structure of the query');
  }
  return bound;
}

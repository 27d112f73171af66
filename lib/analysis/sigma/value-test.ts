import ipaddr from 'ipaddr.js';
import { TrailhoundError } from '../../errors.ts';
import { compileGlob, type Glob, literalOf, parseGlob } from './glob.ts';
import { LinearRegex } from './regex/linear-regex.ts';
import { base64OffsetsOf, type TextEncodingName, textInBytes } from './text-encoding.ts';
import { dashVariants } from './windash.ts';

export type SigmaValue = string | number | boolean | null;

/** How the cells of a field are judged. */
export type ValueTest =
  | {
      readonly kind: 'text';
      /** `text` is the cell as it is, `folded` in lower case; null is an absent value. */
      readonly test: (text: string | null, folded: string | null) => boolean;
    }
  | { readonly kind: 'exists'; readonly wanted: boolean }
  /** Compared with the cell of another field in the same row. */
  | { readonly kind: 'other-field'; readonly field: string; readonly place: Place; readonly cased: boolean };

type Place = 'whole' | 'contains' | 'startswith' | 'endswith';
type Test = (text: string | null, folded: string | null) => boolean;

const PLACES: ReadonlySet<string> = new Set(['contains', 'startswith', 'endswith']);
const COMPARISONS: Readonly<Record<string, (cell: number, value: number) => boolean>> = {
  gt: (cell, value) => cell > value,
  gte: (cell, value) => cell >= value,
  lt: (cell, value) => cell < value,
  lte: (cell, value) => cell <= value,
};
const ENCODINGS: Readonly<Record<string, TextEncodingName>> = {
  wide: 'utf16le',
  utf16le: 'utf16le',
  utf16be: 'utf16be',
  utf16: 'utf16',
};
const REGEX_FLAGS = { i: 'ignoreCase', m: 'multiline', s: 'dotAll' } as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...PLACES,
  ...Object.keys(COMPARISONS),
  ...Object.keys(ENCODINGS),
  ...Object.keys(REGEX_FLAGS),
  ...['all', 're', 'base64', 'base64offset', 'windash', 'cidr', 'cased', 'exists', 'fieldref', 'neq'],
]);

/**
 * The test that `Field|modifiers: values` stands for: any of the values, or all under `all`.
 *
 * @throws TrailhoundError `usage` for modifiers or values that make no sense, `unsupported` for refused ones.
 */
export function compileValueTest(modifiers: readonly string[], values: readonly SigmaValue[]): ValueTest {
  const unknown = modifiers.find((modifier) => !KNOWN.has(modifier));
  if (unknown !== undefined) {
    throw new TrailhoundError('unsupported', `the modifier "${unknown}" is not supported`, {
      hint: `There are: ${[...KNOWN].join(', ')}`,
    });
  }
  const has = (modifier: string) => modifiers.includes(modifier);
  const places = modifiers.filter((modifier) => PLACES.has(modifier));
  if (places.length > 1) throw new TrailhoundError('usage', `${places.join(' and ')} exclude each other`);
  const place = (places[0] ?? 'whole') as Place;
  if (has('exists')) {
    const [wanted] = values;
    if (typeof wanted !== 'boolean') throw new TrailhoundError('usage', 'exists takes true or false');
    return { kind: 'exists', wanted };
  }
  if (has('fieldref')) {
    const [field] = values;
    if (typeof field !== 'string' || values.length > 1) throw new TrailhoundError('usage', 'fieldref takes one field');
    return { kind: 'other-field', field, place, cased: has('cased') };
  }
  const tests = values.map((value) => compileValue(value, modifiers, place));
  const test: Test = has('all')
    ? (text, folded) => tests.every((one) => one(text, folded))
    : tests.length === 1
      ? tests[0]!
      : (text, folded) => tests.some((one) => one(text, folded));
  return { kind: 'text', test: has('neq') ? (text, folded) => !test(text, folded) : test };
}

function compileValue(value: SigmaValue, modifiers: readonly string[], place: Place): Test {
  if (value === null) return (text) => text === null || text === '';
  const comparison = modifiers.find((modifier) => modifier in COMPARISONS);
  if (comparison) return compileComparison(comparison, value);
  const text = String(value);
  if (modifiers.includes('re')) return compileRegex(text, modifiers);
  if (modifiers.includes('cidr')) return compileNetwork(text);
  const cased = modifiers.includes('cased');
  const tests = expand(parseGlob(text), modifiers).map((glob) => {
    const placed = place === 'whole' ? glob : placedGlob(glob, place);
    return compileGlob(cased ? placed : foldGlob(placed));
  });
  return (plain, folded) => {
    const subject = cased ? plain : folded;
    if (subject === null) return false;
    return tests.some((test) => test(subject));
  };
}

/** The patterns that a value stands for after `windash`, encodings and `base64` or `base64offset`. */
function expand(glob: Glob, modifiers: readonly string[]): Glob[] {
  const dashed = modifiers.includes('windash') ? dashVariants(glob) : [glob];
  const encoding = modifiers.map((modifier) => ENCODINGS[modifier]).find((name) => name !== undefined);
  const offset = modifiers.includes('base64offset');
  if (!offset && !modifiers.includes('base64') && !encoding) return dashed;
  return dashed.flatMap((variant) => {
    const literal = literalOf(variant);
    if (literal === null) throw new TrailhoundError('usage', 'wildcards cannot be encoded');
    return textInBytes(literal, encoding ?? 'utf8').flatMap((bytes) => {
      if (offset) return base64OffsetsOf(bytes).map(literalGlob);
      if (modifiers.includes('base64')) return [literalGlob(bytes.toString('base64'))];
      return [literalGlob(bytes.toString('latin1'))];
    });
  });
}

function compileComparison(name: string, value: SigmaValue): Test {
  const wanted = Number(value);
  if (typeof value === 'boolean' || Number.isNaN(wanted)) {
    throw new TrailhoundError('usage', `${name} takes a number, not "${value}"`);
  }
  const compare = COMPARISONS[name]!;
  return (text) => {
    if (text === null || text.trim() === '') return false;
    const cell = Number(text);
    return !Number.isNaN(cell) && compare(cell, wanted);
  };
}

function compileRegex(source: string, modifiers: readonly string[]): Test {
  const flags = { ignoreCase: false, multiline: false, dotAll: false };
  for (const [modifier, flag] of Object.entries(REGEX_FLAGS)) if (modifiers.includes(modifier)) flags[flag] = true;
  const regex = new LinearRegex(source, flags);
  return (text) => text !== null && regex.test(text);
}

function compileNetwork(network: string): Test {
  let parsed: [ipaddr.IPv4 | ipaddr.IPv6, number];
  try {
    parsed = ipaddr.parseCIDR(network);
  } catch {
    throw new TrailhoundError('usage', `"${network}" is not a network like 10.0.0.0/8`);
  }
  return (text) => {
    if (text === null || !ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return address.kind() === parsed[0].kind() && address.match(parsed as [ipaddr.IPv4, number]);
  };
}

function literalGlob(text: string): Glob {
  return { segments: [text.split('')] };
}

function placedGlob(glob: Glob, place: Place): Glob {
  const before = place === 'contains' || place === 'endswith' ? [[]] : [];
  const after = place === 'contains' || place === 'startswith' ? [[]] : [];
  return { segments: [...before, ...glob.segments, ...after] };
}

function foldGlob(glob: Glob): Glob {
  return {
    segments: glob.segments.map((segment) => segment.map((char) => (char === null ? null : char.toLowerCase()))),
  };
}

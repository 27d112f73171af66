import type { SyntaxNode } from '../language/syntax.ts';
import type { Translation } from './translation.ts';

const UNICODE_CLASSES: Readonly<Record<string, readonly [outside: string, inside: string]>> = {
  d: ['\\p{Nd}', '\\p{Nd}'],
  w: ['[\\p{L}\\p{M}\\p{N}\\p{Pc}]', '\\p{L}\\p{M}\\p{N}\\p{Pc}'],
  s: ['[\\s\\x{85}\\p{Z}]', '\\s\\x{85}\\p{Z}'],
  D: ['\\P{Nd}', '\\P{Nd}'],
  W: ['[^\\p{L}\\p{M}\\p{N}\\p{Pc}]', ''],
  S: ['[^\\s\\x{85}\\p{Z}]', ''],
};

interface OtherDialect {
  readonly found: RegExp;
  readonly what: string;
  readonly inClass: boolean;
}

/** What RE2 would read as something else, and what it is in KQL (documentation: "regex syntax"). */
const OTHER_DIALECT: readonly OtherDialect[] = [
  { found: /^(?:&&|~~|--\[)/, what: 'operations of character classes (&&, --, ~~)', inClass: true },
  // A bracket that no class could begin with is taken for itself, as in `[[]`.
  { found: /^\[(?!:)(?:\\.|[^[\]\\])+\][^[\]]*\]/, what: 'a character class inside of another', inClass: true },
  { found: /^\\[<>]|^\\b\{/, what: 'the word boundaries \\< and \\>', inClass: false },
];

/**
 * A regular expression of Kusto's (with Unicode-aware `\d \w \s`) for DuckDB's RE2, whose classes are ASCII.
 * Look-around and back-references are refused: neither engine has them.
 */
export function rewriteRegex(t: Translation, node: SyntaxNode, pattern: string): string {
  if (/\(\?(?:[=!]|<[=!])/.test(pattern.replace(/\\./g, ''))) {
    throw t.error('semantic', node, 'regex', 'regular expressions have no look-around in KQL');
  }
  return rewriteClasses(pattern, (rest, inClass) => {
    const other = OTHER_DIALECT.find((dialect) => dialect.inClass === inClass && dialect.found.test(rest));
    if (other) t.refuse(node, 'regex', `${other.what} in regular expressions: not supported`);
  });
}

/** As far as a character class is looked through: the check stays linear. */
const MAX_CLASS = 200;
const TOKEN =
  /\\u\{([0-9A-Fa-f]+)\}|\\u([0-9A-Fa-f]{4})|\\U\{([0-9A-Fa-f]+)\}|\\U([0-9A-Fa-f]{8})|\\b\{|\\([\s\S])|&&|~~|--\[|\[:\^?\w+:\]|\[\^?\]?|\]|\(\?<(?=[A-Za-z_])/g;

/** The rewriting alone: named groups, code points and Unicode classes. `check` sees the pattern from each token on. */
export function rewriteClasses(pattern: string, check?: (rest: string, inClass: boolean) => void): string {
  let inClass = false;
  return pattern.replace(TOKEN, (token, ...groups: (string | undefined)[]) => {
    if (check) check(pattern.slice(Number(groups[5]), Number(groups[5]) + MAX_CLASS), inClass);
    const codePoint = groups[0] ?? groups[1] ?? groups[2] ?? groups[3];
    if (codePoint !== undefined) return `\\x{${codePoint}}`;
    const escaped = groups[4];
    if (escaped !== undefined) {
      const replacement = UNICODE_CLASSES[escaped];
      if (!replacement) return token;
      return inClass ? replacement[1] || token : replacement[0];
    }
    if (token.startsWith('[')) {
      if (inClass || token.startsWith('[:')) return token;
      inClass = true;
      return token;
    }
    if (token === ']') {
      inClass = false;
      return token;
    }
    return inClass || !token.startsWith('(') ? token : '(?P<';
  });
}

/** The number of capturing groups. */
export function groupCount(pattern: string): number {
  const outside = pattern.replace(/\\[\s\S]/g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  return (outside.match(/\((?!\?)|\(\?P?<(?=[A-Za-z_])/g) ?? []).length;
}

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

/**
 * A regular expression of Kusto's (RE2, with Unicode-aware `\d \w \s`) for DuckDB's RE2, whose classes are ASCII.
 * Look-around and back-references are refused: neither engine has them.
 */
export function rewriteRegex(t: Translation, node: SyntaxNode, pattern: string): string {
  if (/\(\?(?:[=!]|<[=!])/.test(pattern.replace(/\\./g, ''))) {
    throw t.error('semantic', node, 'regex', 'regular expressions have no look-around in KQL');
  }
  return rewriteClasses(pattern);
}

/** The rewriting alone: named groups and Unicode classes. */
export function rewriteClasses(pattern: string): string {
  let inClass = false;
  return pattern.replace(/\\([\s\S])|\[\^?\]?|\]|\(\?<(?=[A-Za-z_])/g, (token, escaped: string | undefined) => {
    if (escaped !== undefined) {
      const replacement = UNICODE_CLASSES[escaped];
      if (!replacement) return token;
      return inClass ? replacement[1] || token : replacement[0];
    }
    if (token.startsWith('[')) {
      if (inClass) return token;
      inClass = true;
      return token;
    }
    if (token === ']') {
      inClass = false;
      return token;
    }
    return inClass ? token : '(?P<';
  });
}

/** The number of capturing groups. */
export function groupCount(pattern: string): number {
  const outside = pattern.replace(/\\[\s\S]/g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  return (outside.match(/\((?!\?)|\(\?P?<(?=[A-Za-z_])/g) ?? []).length;
}

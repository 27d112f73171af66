import { setFlagsFromString } from 'node:v8';
import { TrailhoundError } from '../errors.ts';

let isEngineOn = false;

/**
 * A regular expression, without regard to the case of ASCII letters, for V8's engine without backtracking: no text can
 * make it slow. What that engine cannot do (look-around, back-references) is refused.
 *
 * @throws TrailhoundError `usage` for what is no such pattern
 */
export function linearPattern(source: string, flags: string, name = 'the pattern'): RegExp {
  if (!isEngineOn) {
    setFlagsFromString('--enable-experimental-regexp-engine');
    isEngineOn = true;
  }
  try {
    // As it is first: what is wrong with it is then told of the caller's own text.
    new RegExp(source, `${flags}l`);
    return new RegExp(foldCase(source), `${flags}l`);
  } catch (thrown) {
    throw new TrailhoundError('usage', `${name} cannot be used: ${(thrown as Error).message}`, {
      hint: 'Patterns run in linear time: no look-ahead, look-behind or back-references.',
    });
  }
}

/** Parts of a pattern in which letters are no literals; then classes, and letters by themselves. */
const PARTS =
  /\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|c[a-z]|[pPk](?:\{[^}]*\}|<[^>]*>)|.)|\(\?<[^>]*>|\[(?:\\.|[^\]\\])*\]|[a-z]/gis;

/** That engine has no flag for it: each letter becomes a class of both its cases. */
function foldCase(source: string): string {
  return source.replaceAll(PARTS, (part) => {
    if (part.startsWith('\\') || part.startsWith('(')) return part;
    if (!part.startsWith('[')) return `[${part.toLowerCase()}${part.toUpperCase()}]`;
    const body = part.slice(1, -1);
    const isNegated = body.startsWith('^');
    const own = isNegated ? body.slice(1) : body;
    const folded = own.replaceAll(/\\.|([a-z])-([a-z])|([A-Z])-([A-Z])|[a-zA-Z]/g, (item, a, b, c, d) => {
      if (item.startsWith('\\')) return item;
      if (a !== undefined) return `${item}${(a as string).toUpperCase()}-${(b as string).toUpperCase()}`;
      if (c !== undefined) return `${item}${(c as string).toLowerCase()}-${(d as string).toLowerCase()}`;
      return item.toLowerCase() + item.toUpperCase();
    });
    return `[${isNegated ? '^' : ''}${folded}]`;
  });
}

/** A part of a glob: UTF-16 code units, in which `null` stands for any one. */
type Segment = readonly (string | null)[];

/**
 * Sigma's text pattern: `*` any characters, `?` any one, `\` before one of these or before itself takes it literally
 * (before anything else a backslash is a backslash).
 */
export interface Glob {
  readonly segments: readonly Segment[];
}

export function parseGlob(pattern: string): Glob {
  const segments: (string | null)[][] = [[]];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    const next = pattern[i + 1];
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      segments.at(-1)!.push(next);
      i++;
    } else if (char === '*') segments.push([]);
    else segments.at(-1)!.push(char === '?' ? null : char);
  }
  return { segments };
}

/** The text that a glob without wildcards stands for; null if it has wildcards. */
export function literalOf(glob: Glob): string | null {
  const [only, ...rest] = glob.segments;
  return rest.length > 0 || only!.includes(null) ? null : only!.join('');
}

/**
 * A test of whole texts, in time bounded by text × pattern (without `?`: by the text). It compares exactly: the caller
 * folds case on both sides.
 */
export function compileGlob(glob: Glob): (text: string) => boolean {
  const finders = glob.segments.map(compileSegment);
  const first = finders[0]!;
  const last = finders.at(-1)!;
  if (finders.length === 1) return (text) => text.length === first.length && first.matchesAt(text, 0);
  const middle = finders.slice(1, -1);
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !first.matchesAt(text, 0) || !last.matchesAt(text, end)) return false;
    let at = first.length;
    for (const finder of middle) {
      const found = finder.find(text, at);
      if (found < 0) return false;
      at = found + finder.length;
    }
    return at <= end;
  };
}

interface SegmentFinder {
  readonly length: number;
  matchesAt(text: string, at: number): boolean;
  find(text: string, from: number): number;
}

function compileSegment(segment: Segment): SegmentFinder {
  if (!segment.includes(null)) {
    const literal = segment.join('');
    return {
      length: literal.length,
      matchesAt: (text, at) => text.startsWith(literal, at),
      find: (text, from) => text.indexOf(literal, from),
    };
  }
  const { length } = segment;
  const matchesAt = (text: string, at: number) => {
    for (let i = 0; i < length; i++) if (segment[i] !== null && segment[i] !== text[at + i]) return false;
    return true;
  };
  return {
    length,
    matchesAt,
    find: (text, from) => {
      for (let at = from; at + length <= text.length; at++) if (matchesAt(text, at)) return at;
      return -1;
    },
  };
}

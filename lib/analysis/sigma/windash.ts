import { TrailhoundError } from '../../errors.ts';
import type { Glob } from './glob.ts';

/** What Windows programs take for the dash of an option: hyphen, slash, en dash, em dash, horizontal bar. */
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
const MAX_DASHES = 3;

/** The pattern with each dash or slash that begins a word replaced by every dash in turn. */
export function dashVariants(glob: Glob): Glob[] {
  const places: [segment: number, index: number][] = [];
  glob.segments.forEach((segment, number) => {
    segment.forEach((char, index) => {
      const before = index === 0 ? ' ' : segment[index - 1];
      const after = segment[index + 1];
      const beginsWord = before !== null && before !== undefined && /[\s"'=,;]/.test(before);
      if ((char === '-' || char === '/') && beginsWord && typeof after === 'string' && /\w/.test(after)) {
        places.push([number, index]);
      }
    });
  });
  if (places.length > MAX_DASHES) {
    throw new TrailhoundError('limit', `windash takes at most ${MAX_DASHES} dashes in a value`);
  }
  let variants: (string | null)[][][] = [glob.segments.map((segment) => [...segment])];
  for (const [number, index] of places) {
    variants = variants.flatMap((variant) =>
      DASHES.map((dash) => variant.map((segment, i) => (i === number ? segment.with(index, dash) : segment))),
    );
  }
  return variants.map((segments) => ({ segments }));
}

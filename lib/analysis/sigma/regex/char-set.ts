/** A set of UTF-16 code units as sorted, disjoint ranges, both ends included. */
export type CharSet = readonly (readonly [number, number])[];

const LAST = 0xffff;

/** A set from ranges in any order. */
export function charSet(ranges: readonly (readonly [number, number])[]): CharSet {
  const merged: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function union(a: CharSet, b: CharSet): CharSet {
  return charSet([...a, ...b]);
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= LAST) rest.push([from, LAST]);
  return rest;
}

/** The set with the other case of its ASCII and Latin letters. */
export function foldCase(set: CharSet): CharSet {
  const added: [number, number][] = [];
  for (const [low, high] of set) {
    for (let code = low; code <= Math.min(high, 0x24f); code++) {
      const char = String.fromCharCode(code);
      for (const other of [char.toLowerCase(), char.toUpperCase()]) {
        if (other.length === 1 && other !== char) added.push([other.charCodeAt(0), other.charCodeAt(0)]);
      }
    }
  }
  return charSet([...set, ...added]);
}

export const DIGIT = charSet([[48, 57]]);
export const WORD = charSet([
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]);
export const SPACE = charSet([
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x2028, 0x2029],
]);

/** A generator of pseudo-random choices from a seed (mulberry32): the same everywhere. */
export interface Random {
  /** 0 … below-1. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  text(alphabet: string, length: number): string;
  bytes(length: number): Buffer;
}

export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  return {
    below,
    pick,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

/** Precision and recall of found against planted items, for the test's output. */
export function scoreOf(counts: { planted: number; found: number; wrong: number }): string {
  const { planted, found, wrong } = counts;
  const precision = found + wrong === 0 ? 1 : found / (found + wrong);
  return `planted ${planted}, recall ${(found / planted).toFixed(4)}, precision ${precision.toFixed(4)}`;
}

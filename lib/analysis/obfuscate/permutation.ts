import { createHmac } from 'node:crypto';

const ROUNDS = 8;

/** A keyed permutation of the numbers 0 … size-1: every number has its own image, and each is hit once. */
export type Permute = (value: bigint, size: bigint, tweak: string) => bigint;

/**
 * A Feistel network over HMAC-SHA-256, walked until the image lies in the domain (the way of format-preserving
 * encryption, Black and Rogaway 2002). Equal key, tweak and value always give the same image; without the key nothing
 * leads back.
 */
export function makePermutation(key: string): Permute {
  const round = (half: bigint, number: number, bits: number, tweak: string): bigint => {
    let digest = '';
    for (let block = 0; digest.length * 4 < bits; block++) {
      digest += createHmac('sha256', key).update(`${tweak}\0${bits}\0${number}\0${block}\0${half}`).digest('hex');
    }
    return BigInt(`0x${digest}`) & ((1n << BigInt(bits)) - 1n);
  };
  const once = (value: bigint, half: number, tweak: string): bigint => {
    const mask = (1n << BigInt(half)) - 1n;
    let left = value >> BigInt(half);
    let right = value & mask;
    for (let number = 0; number < ROUNDS; number++) [left, right] = [right, left ^ round(right, number, half, tweak)];
    return (left << BigInt(half)) | right;
  };
  return (value, size, tweak) => {
    if (size < 2n) return value;
    const half = Math.max(1, Math.ceil((size - 1n).toString(2).length / 2));
    let image = once(value, half, tweak);
    while (image >= size) image = once(image, half, tweak);
    return image;
  };
}

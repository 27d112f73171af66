import { createHash } from 'node:crypto';
import type { Found } from './ioc.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BECH32_CHECKSUMS = [1, 0x2bc830a3];
/** Version bytes of Bitcoin (two kinds), Litecoin (two), Dogecoin and Tron. */
const VERSIONS = new Set([0x00, 0x05, 0x30, 0x32, 0x1e, 0x41]);

const CANDIDATE =
  /(?<![0-9A-Za-z])(?:[13LMDT][1-9A-HJ-NP-Za-km-z]{25,33}|(?:bc|ltc)1[02-9ac-hj-np-z]{11,71}|0x[0-9a-fA-F]{40}|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93})(?![0-9A-Za-z])/g;

/** Addresses of Bitcoin, Litecoin, Dogecoin and Tron with their checksums checked; of Ethereum and Monero by form. */
export function findWallets(text: string, found: Found): void {
  for (const match of text.matchAll(CANDIDATE)) {
    const value = match[0];
    const isValid = value.startsWith('0x')
      ? new Set(value.slice(2).toLowerCase()).size >= 8
      : /^(?:bc|ltc)1/.test(value)
        ? isBech32(value)
        : value.length > 35 || isBase58Check(value);
    if (isValid) found.push({ type: 'crypto_wallet', value, start: match.index, end: match.index + value.length });
  }
}

function isBase58Check(text: string): boolean {
  let number = 0n;
  for (const character of text) number = number * 58n + BigInt(BASE58.indexOf(character));
  if (number >= 1n << 200n) return false;
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (!VERSIONS.has(bytes[0]!)) return false;
  const once = createHash('sha256').update(bytes.subarray(0, 21)).digest();
  return createHash('sha256').update(once).digest().compare(bytes, 21, 25, 0, 4) === 0;
}

/** BIP 173 and BIP 350. */
function isBech32(text: string): boolean {
  const split = text.lastIndexOf('1');
  const prefix = [...text.slice(0, split)].map((character) => character.charCodeAt(0));
  const data = [...text.slice(split + 1)].map((character) => BECH32.indexOf(character));
  const values = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data];
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) sum ^= generators[i]!;
  }
  return !data.includes(-1) && BECH32_CHECKSUMS.includes(sum);
}

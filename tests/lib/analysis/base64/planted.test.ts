import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../lib/analysis/base64/index.ts';
import { tarOf, zipOf } from '../support/archives.ts';
import { makeRandom, type Random, scoreOf } from '../support/random.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const ALPHANUMERIC = `${LOWER}${LOWER.toUpperCase()}0123456789`;

/** Ordinary text, and what looks like base64 but is none. */
function noise(random: Random): string {
  return random.pick([
    () => `C:\\Program Files\\${random.text(LOWER, 14)}\\${random.text(ALPHANUMERIC, 9)}.exe`,
    () => `/usr/lib/${random.text(LOWER, 18)}/${random.text(LOWER, 22)}/${random.text(LOWER, 12)}`,
    () => random.text(HEX, random.pick([32, 40, 64])),
    () => `{${[8, 4, 4, 4, 12].map((length) => random.text(HEX, length)).join('-')}}`,
    () => Array.from({ length: 6 }, () => random.text(LOWER, 3 + random.below(9))).join(' '),
    () => `${random.pick(['Initiating', 'Created'])}Process${random.pick(['Folder', 'Command'])}PathWithALongName`,
    () => `S-1-5-21-${random.below(1e9)}-${random.below(1e9)}-${random.below(1e9)}-1001`,
    () => `--${random.text(LOWER, 12)}-${random.text(LOWER, 10)}=${random.text(LOWER, 20)}`,
  ])();
}

function sentence(random: Random): string {
  return Array.from({ length: 4 + random.below(8) }, () => random.text(LOWER, 2 + random.below(8))).join(' ');
}

/** One layer around some bytes, as text. */
function wrap(random: Random, content: Buffer): string {
  const packed = random.pick([
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    gzipSync,
    deflateRawSync,
    (bytes: Buffer) => zipOf({ [`${random.text(LOWER, 6)}.txt`]: bytes }),
    (bytes: Buffer) => tarOf({ [`${random.text(LOWER, 6)}.txt`]: bytes }),
  ])(content);
  const encoded = packed.toString('base64');
  return random.pick([
    () => encoded,
    () => encoded.replace(/=+$/, ''),
    () => packed.toString('base64url'),
    () => encoded.replaceAll(/(.{76})(?=.)/g, '$1\n'),
    () => `FromBase64String('${encoded}')`,
    () => packed.toString('hex'),
  ])();
}

function plant(random: Random): { text: string; secret: string } {
  const secret = sentence(random);
  const layers = 1 + random.below(6);
  let content = random.below(3) === 0 ? Buffer.from(secret, 'utf16le') : Buffer.from(secret);
  for (let layer = 0; layer < layers; layer++) {
    const encoded = wrap(random, content);
    content = Buffer.from(layer + 1 < layers && random.below(2) === 0 ? `${sentence(random)}: ${encoded} ;` : encoded);
  }
  return { text: String(content), secret };
}

describe('planted truth', () => {
  it('is found in every layer, and near misses are not', () => {
    const random = makeRandom(20261121);
    const counts = { planted: 0, found: 0, wrong: 0 };
    for (let round = 0; round < 500; round++) {
      const around = [noise(random), noise(random)];
      const { text, secret } = plant(random);
      counts.planted++;
      const decoded = decodeText(`${around[0]} "${text}" ${around[1]}`);
      const found = decoded?.items.some((item) => item.string?.text.trim() === secret) ?? false;
      if (found) counts.found++;
      else console.info(`not found: ${JSON.stringify(text.slice(0, 200))}`);
      const nothing = decodeText(`${noise(random)} ${noise(random)} ${noise(random)}`);
      if (nothing !== null) {
        counts.wrong++;
        console.info(`wrongly found: ${JSON.stringify(nothing.items[0]?.encoded)}`);
      }
    }
    console.info(`decode.base64: ${scoreOf(counts)}`);
    expect(counts.found).toBe(counts.planted);
    expect(counts.wrong).toBe(0);
  });
});

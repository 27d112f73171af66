import { describe, expect, it } from 'vitest';
import { DEFAULT_IOC_TYPES, defang, scanText } from '../../../../lib/analysis/iocs/index.ts';
import { makeRandom, type Random, scoreOf } from '../support/random.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const word = (random: Random, length = 7) => random.text(LOWER, length);
const address = (random: Random) => [0, 0, 0, 0].map(() => 1 + random.below(254)).join('.');
const host = (random: Random) =>
  `${word(random)}.${word(random, 9)}.${random.pick(['com', 'net', 'org', 'co.uk', 'ru', 'xyz'])}`;

/** An indicator and how it stands in the text. */
const PLANTED: readonly ((random: Random) => { readonly ioc: string; readonly shown: string })[] = [
  (random) => plain('ipv4', address(random)),
  (random) =>
    plain(
      'ipv6',
      `2001:db8:${random.text(HEX, 4)}::${1 + random.below(9)}${random.text(HEX, 2)}`.replace(/:0+(?=[^:])/g, ':'),
    ),
  (random) => plain('dns', host(random)),
  (random) => plain('email', `${word(random)}@${host(random)}`),
  (random) => plain('url', `https://${host(random)}/${word(random)}/${word(random)}.php?id=${random.below(999)}`),
  (random) => plain('url', `http://${address(random)}:${1 + random.below(65_000)}/${word(random)}`),
  (random) => plain('md5_hash', `${random.text(HEX, 30)}a1`),
  (random) => plain('sha1_hash', `${random.text(HEX, 38)}b2`),
  (random) => plain('sha256_hash', `${random.text(HEX, 62)}c3`),
  (random) => plain('windows_path', `C:\\Users\\${word(random)}\\AppData\\Local\\${word(random)}.exe`),
  (random) => plain('linux_path', `/tmp/${word(random)}/${word(random)}`),
  (random) => plain('registry_key', `HKLM\\SOFTWARE\\${word(random)}\\${word(random)}`),
  (random) => plain('cve', `CVE-20${10 + random.below(15)}-${1000 + random.below(90_000)}`),
  (random) => {
    const value = `https://${host(random)}/${word(random)}`;
    return { ioc: `url ${value}`, shown: defang(value) };
  },
  (random) => {
    const value = address(random);
    return { ioc: `ipv4 ${value}`, shown: value.replaceAll('.', '[.]') };
  },
];

function plain(type: string, value: string) {
  return { ioc: `${type} ${value}`, shown: value };
}

/** What looks like an indicator and is none. */
const NEAR_MISSES: readonly ((random: Random) => string)[] = [
  (random) => `${300 + random.below(600)}.${address(random)}`,
  (random) => `version ${address(random)}`,
  (random) => `${random.below(24)}:${10 + random.below(50)}:${10 + random.below(50)}`,
  (random) => [0, 0, 0, 0, 0, 0].map(() => random.text(HEX, 2)).join('-'),
  (random) => `${word(random)}.${random.pick(['sh', 'py', 'md', 'zip', 'dll', 'config', 'log'])}`,
  (random) => random.text(HEX, random.pick([31, 33, 39, 41, 63, 65])),
  (random) => `${word(random)}.${word(random)}.iandom`,
  (random) => `/${word(random, 2)}:${word(random)}`,
  (random) => `${word(random)}@${word(random)}`,
  (random) => `[System.${random.pick(['IO', 'Net', 'Text'])}.${random.pick(['File', 'Encoding'])}]::${word(random)}(1)`,
  (random) => `CVE-${random.below(99)}-${random.below(99)}`,
];

describe('planted indicators', () => {
  it('are found amid near misses, which are not', () => {
    const random = makeRandom(20261122);
    const types = new Set<string>(DEFAULT_IOC_TYPES);
    const counts = { planted: 0, found: 0, wrong: 0 };
    for (let round = 0; round < 600; round++) {
      const planted = Array.from({ length: 1 + random.below(4) }, () => random.pick(PLANTED)(random));
      const parts = planted.flatMap(({ shown }) => [
        random.pick(NEAR_MISSES)(random),
        random.pick([`-x ${shown}`, `(${shown})`, `"${shown}"`, `${shown},`]),
      ]);
      const text = parts.join(` ${word(random)} `);
      const found = new Set(scanText(text, { types, patterns: [] }).map(({ type, value }) => `${type} ${value}`));
      counts.planted += planted.length;
      const expected = new Set(planted.map(({ ioc }) => ioc));
      for (const ioc of expected) {
        if (found.has(ioc)) counts.found++;
        else console.info(`not found: ${ioc} in ${text}`);
      }
      counts.planted -= planted.length - expected.size;
      for (const ioc of found) {
        // A URL's host and an e-mail's domain are indicators too.
        const isPart = planted.some(
          (other) => other.ioc !== ioc && other.ioc.includes(ioc.slice(ioc.indexOf(' ') + 1)),
        );
        if (expected.has(ioc) || isPart) continue;
        counts.wrong++;
        console.info(`wrongly found: ${ioc} in ${text}`);
      }
    }
    console.info(`extract.iocs: ${scoreOf(counts)}`);
    expect(counts.found).toBe(counts.planted);
    expect(counts.wrong).toBe(0);
  });
});

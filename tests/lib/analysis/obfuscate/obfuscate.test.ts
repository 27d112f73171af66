import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MASKS, makeMaskers, obfuscateTable } from '../../../../lib/analysis/obfuscate/index.ts';
import { makePermutation } from '../../../../lib/analysis/obfuscate/permutation.ts';
import { tableFromRows, toRows } from '../../../../lib/tables/index.ts';

const KEY = 'a key for tests, which is no secret';
const mask = makeMaskers(KEY);

describe('masks', () => {
  it('are one-to-one, and other under another key', () => {
    const permute = makePermutation(KEY);
    for (const size of [2n, 10n, 26n, 1000n]) {
      const images = Array.from({ length: Number(size) }, (_, i) => permute(BigInt(i), size, 't'));
      expect(new Set(images).size).toBe(Number(size));
      expect(images.every((image) => image >= 0n && image < size)).toBe(true);
    }
    expect(makeMaskers('another key for tests').text('contoso')).not.toBe(mask.text('contoso'));
  });

  it('keep length, case and punctuation, and go with case', () => {
    const shape = (text: string) => text.replaceAll(/[A-Z]/g, 'A').replaceAll(/[a-z]/g, 'a').replaceAll(/[0-9]/g, '0');
    const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 120 });
    fc.assert(
      fc.property(ascii, (text) => {
        expect(shape(mask.text(text))).toBe(shape(text));
        expect(mask.text(text.toUpperCase()).toLowerCase()).toBe(mask.text(text).toLowerCase());
      }),
      { numRuns: 60 },
    );
  });

  it('of names and domains agree wherever they stand', () => {
    const user = mask.account('bob');
    expect(mask.account('bob@mail.contoso.com')).toBe(`${user}@${mask.host('mail.contoso.com')}`);
    expect(mask.account('CONTOSO\\bob')).toBe(`${mask.host('CONTOSO')}\\${user}`);
    expect(mask.host('ws-1.contoso.co.uk')).toMatch(/^[a-z]{2}-\d\.[a-z]{7}\.co\.uk$/);
    for (const kept of ['root', 'NT AUTHORITY\\SYSTEM', 'LOCAL SERVICE', 'Administrator'])
      expect(mask.account(kept)).toBe(kept);
  });

  it('of addresses keep networks together and their kind', () => {
    const [a, b] = [mask.ip('203.0.114.7'), mask.ip('203.0.114.9')].map((ip) => ip.split('.'));
    expect(a!.slice(0, 3)).toEqual(b!.slice(0, 3));
    expect(a).not.toEqual(b);
    expect(mask.ip('10.1.2.3')).toMatch(/^10\./);
    expect(mask.ip('192.168.1.2')).toMatch(/^192\.168\./);
    expect(mask.ip('172.20.1.2')).toMatch(/^172\.(1[6-9]|2\d|3[01])\./);
    for (const kept of ['127.0.0.1', '0.0.0.0', '255.255.255.255', '::1']) expect(mask.ip(kept)).toBe(kept);
    expect(mask.ip('2001:db8::1')).toMatch(/^2001:/);
  });

  it('of SIDs keep what is well known and the last number', () => {
    expect(mask.sid('S-1-5-18')).toBe('S-1-5-18');
    const masked = mask.sid('S-1-5-21-996632719-2361334927-4038480536-1066');
    expect(masked).toMatch(/^S-1-5-21-\d+-\d+-\d+-1066$/);
    expect(masked).not.toContain('996632719');
  });
});

describe('tables', () => {
  const schema = [
    { name: 'Computer', type: 'string' },
    { name: 'Account', type: 'string' },
    { name: 'CommandLine', type: 'string' },
    { name: 'IPAddress', type: 'string' },
    { name: 'Note', type: 'string' },
  ] as const;
  const table = tableFromRows(schema, [
    ['ws-17.contoso.com', 'CONTOSO\\wiley', 'net use \\\\ws-17\\c$ /user:wiley', '203.0.113.7', 'secret words'],
    ['ws-17.contoso.com', 'wiley@contoso.com', 'ping 203.0.113.7', '203.0.113.7', null],
  ]);

  it('lose nothing to joins, and hold no masked value any more', () => {
    const { table: masked, leaks } = obfuscateTable(table, KEY, { masks: DEFAULT_MASKS, replaceElsewhere: true });
    const [first, second] = toRows(masked);
    expect(first!['Computer']).toBe(second!['Computer']);
    expect(JSON.stringify(toRows(masked))).not.toMatch(/wiley|contoso(?!\.com)|ws-17|203\.0\.113\.7/i);
    expect(leaks).toEqual([]);
  });

  it('are checked: what is left is reported by column', () => {
    const { leaks } = obfuscateTable(table, KEY, { masks: DEFAULT_MASKS, replaceElsewhere: false });
    expect(leaks).toEqual([{ column: 'CommandLine', rows: 2, firstRow: 0 }]);
  });

  it('can have columns emptied, without a trace', () => {
    const { table: masked } = obfuscateTable(table, KEY, {
      masks: new Map([['Note', 'null']]),
      replaceElsewhere: false,
    });
    expect(toRows(masked).map((row) => row['Note'])).toEqual([null, null]);
    expect(toRows(table)[0]!['Note']).toBe('secret words');
  });
});

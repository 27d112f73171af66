import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyIp, isGloballyReachable, msticpyIpType, parseIp } from '../../../lib/enrichment/ip-type/index.ts';
import { sourceOf, tableFromRows, toRows } from '../../../lib/tables/index.ts';
import { getVerb } from '../../../lib/verbs/registry.ts';

describe('classifyIp', () => {
  it.each([
    ['8.8.8.8', 'public', null],
    ['10.1.2.3', 'private', '10.0.0.0/8'],
    ['172.31.255.255', 'private', '172.16.0.0/12'],
    ['172.32.0.0', 'public', null],
    ['100.64.0.1', 'shared', '100.64.0.0/10'],
    ['127.0.0.1', 'loopback', '127.0.0.0/8'],
    ['169.254.1.1', 'link-local', '169.254.0.0/16'],
    ['192.0.2.1', 'documentation', '192.0.2.0/24'],
    ['198.18.0.1', 'benchmarking', '198.18.0.0/15'],
    ['192.0.0.9', 'special', '192.0.0.9/32'],
    ['224.0.0.1', 'multicast', '224.0.0.0/4'],
    ['240.0.0.1', 'reserved', '240.0.0.0/4'],
    ['255.255.255.255', 'broadcast', '255.255.255.255/32'],
    ['0.0.0.0', 'unspecified', '0.0.0.0/32'],
    ['::', 'unspecified', '::/128'],
    ['::1', 'loopback', '::1/128'],
    ['fe80::1%eth0', 'link-local', 'fe80::/10'],
    ['fd00::1', 'private', 'fc00::/7'],
    ['ff02::1', 'multicast', 'ff00::/8'],
    ['2001:db8::1', 'documentation', '2001:db8::/32'],
    ['2606:4700::1', 'public', null],
    ['2001:0:1::1', 'translated', '2001::/32'],
    ['64:ff9b::808:808', 'translated', '64:ff9b::/96'],
    ['4000::1', 'reserved', null],
    ['::ffff:10.0.0.1', 'private', '10.0.0.0/8'],
    ['::ffff:8.8.8.8', 'public', null],
  ])('%s is %s', (text, type, block) => {
    const found = classifyIp(text);
    expect([found.type, found.block?.block ?? null]).toEqual([type, block]);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '010.1.1.1',
    '0x7f.1.1.1',
    '2130706433',
    '1.2.3.4/8',
    '1.2.3.4:80',
    ':::',
    '1::2::3',
    'host',
    '１.2.3.4',
    `${'1:'.repeat(5000)}1`,
  ])('%j is no address', (text) => {
    expect(parseIp(text)).toBeNull();
    expect(classifyIp(text).type).toBe('invalid');
  });

  it('takes any four numbers up to 255, and nothing else throws', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => void expect(classifyIp(text).version).toBe(4)));
    fc.assert(fc.property(fc.ipV6(), (text) => void expect(classifyIp(text).type).not.toBe('invalid')));
    fc.assert(fc.property(fc.string(), (text) => void expect(classifyIp(text)).toBeDefined()));
  });

  it('knows what the internet can reach', () => {
    const reachable = (text: string) => isGloballyReachable(classifyIp(text));
    expect(['8.8.8.8', '192.88.99.1', '64:ff9b::808:808', '2606:4700::1'].map(reachable)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1', '100.64.0.1', '203.0.113.5', '240.0.0.1', '224.0.0.1', 'x'].some(reachable)).toBe(false);
  });
});

describe('MSTICPy’s types', () => {
  const groups: Readonly<Record<string, readonly string[]>> = {
    Private: [
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
      '198.51.100.1',
      '203.0.113.5',
      '192.0.2.1',
      '198.18.0.1',
      '240.0.0.1',
      '255.255.255.255',
      'fc00::1',
      '2001:db8::1',
      '::ffff:10.0.0.1',
      '2002:a00:1::',
    ],
    Loopback: ['127.0.0.1', '::1'],
    'Link Local': ['169.254.1.1', 'fe80::1'],
    Unspecified: ['0.0.0.0', '::', '100.64.0.1', 'text'],
    Multicast: ['224.0.0.1', '239.1.1.1', 'ff02::1'],
    Public: [
      '8.8.8.8',
      '192.88.99.1',
      '2606:4700::1',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
      '153.2.3.4',
      '2340:0023:AABA:0A01:0055:5054:9ABC:ABB0',
    ],
  };
  it.each(Object.entries(groups))('%s', (type, addresses) => {
    expect(addresses.filter((address) => msticpyIpType(address) !== type)).toEqual([]);
  });
});

describe('enrich.ip-type', () => {
  const verb = getVerb('enrich.ip-type');
  const run = (rows: (string | null)[][], parameters: object) =>
    verb.run(
      [
        sourceOf(
          tableFromRows(
            [
              { name: 'IoCType', type: 'string' },
              { name: 'Observable', type: 'string' },
            ],
            rows,
          ),
          'iocs',
        ),
      ],
      verb.parameters.parse(parameters),
      { signal: new AbortController().signal, nowInMs: 0 },
    );

  it('adds to each row, asks only the rows it should, and counts what is no address', async () => {
    const { table, warnings } = await run(
      [
        ['ipv4', '10.0.0.1'],
        ['url', 'https://example.com'],
        ['ipv4', '1.2.3'],
        ['ipv4', null],
      ],
      { column: 'Observable', where: { IoCType: ['ipv4', 'ipv6'] } },
    );
    expect(toRows(table as never).map(({ IpType, IpVersion, IpGlobal }) => [IpType, IpVersion, IpGlobal])).toEqual([
      ['private', 4, false],
      [null, null, null],
      ['invalid', null, false],
      [null, null, null],
    ]);
    expect(warnings).toEqual([{ code: 'bad-values', message: '1 values of Observable are no IP addresses' }]);
  });

  it('says which column is missing', async () => {
    await expect(run([], { column: 'Nope' })).rejects.toMatchObject({ code: 'usage' });
  });
});

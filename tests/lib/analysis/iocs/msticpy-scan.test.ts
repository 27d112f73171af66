import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractLikeMsticpy, scanLikeMsticpy } from '../../../../lib/analysis/iocs/index.ts';
import { columnFromCells, getColumn } from '../../../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { csvTable } from '../support/csv.ts';

const raw = String.raw;
const PROGRAM = raw`c:\one\path\or\another\myprocess`;
const MD5 = '00236a2ae558018ed13b5222ef1bd98';

/** The cases of MSTICPy's own tests, and what its string mode finds by type. */
const CASES: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  [`${PROGRAM} -ip4:206.123.1.123`, { ipv4: 1 }],
  [
    `${PROGRAM} -ip6:(2001:0db8:85a3:0000:0000:8a2e:0370:7334,
    2001:db8:85a3:0:0:8a2e:370:7334,2001:db8:85a3::8a2e:370:7334,::ffff:192.0.2.128)`,
    { ipv6: 3 },
  ],
  [
    `${PROGRAM} /url:https://some.domain.it/thepath?qry1=abc&qry2=xyz
        /url:https://myuser@some.domain.es:88/thepath?qry1=abc&qry2=xyz"<some other trailing stuff`,
    { url: 2, dns: 2 },
  ],
  [raw`${PROGRAM} -file:"..\another\file" -file:"\\uncpath\file"`, { windows_path: 3 }],
  ['/bin/bash --file:./bish --file:/bin/bash --file:../../bosh', { linux_path: 3 }],
  [`${MD5}7hash -something-hash=${MD5}8hash -something -hash=${MD5}9`, { md5_hash: 3 }],
  [`${MD5}700000001hash -something -hash=${MD5}700000002hash -something -hash=${MD5}700000003`, { sha1_hash: 3 }],
  [
    [
      `${MD5}700000001424246789042424678901234hash -something -hash=${MD5}700000001424246789042424678901235hash -something`,
      `-hash=${MD5}700000001424246789042424678901236`,
    ].join('\n'),
    { sha256_hash: 3 },
  ],
  ["curl 'https://www.virustotal.com/en/ip-address/90.156.201.27/information/'", { url: 1, dns: 1, ipv4: 1 }],
  ['some text with a domain.like.uk in it', { dns: 1 }],
  ['some text with a bad domain.like.iandom in it', {}],
  ['some text with a microsoft.com in it', { dns: 1 }],
  ['some text with a news.ycombinator.com in it', { dns: 1 }],
  ['some text with user@microsoft.com in it', { email: 1 }],
  ['some text with User <user@microsoft.com> in it', { email: 1 }],
  ['some text with user@microsoft.com (User XYZ)> in it', { email: 1 }],
  ['some text with user@abc.def.net> in it', { email: 1 }],
];
const ALL = { types: null, ignoreTlds: false, defanged: true };
const TABLE_TYPES = ['ipv4', 'ipv6', 'dns', 'url', 'email', 'md5_hash', 'sha1_hash', 'sha256_hash'];

function countByType(iocs: readonly { type: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of iocs) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

const texts = CASES.map(([text]) => text);

describe('indicators like MSTICPy’s', () => {
  for (const [text, expected] of CASES) {
    it(`finds what it finds in ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(countByType(scanLikeMsticpy(text, ALL))).toMatchObject(expected);
    });
  }

  it('finds the counts of its table mode', () => {
    const column = columnFromCells('input', 'string', texts);
    const count = (types: string[]) => countByType(extractLikeMsticpy([column], { ...ALL, types: new Set(types) }));
    expect(count([...TABLE_TYPES, 'windows_path'])).toEqual({
      ipv4: 3,
      ipv6: 3,
      dns: 10,
      url: 3,
      email: 5,
      windows_path: 6,
      md5_hash: 3,
      sha1_hash: 3,
      sha256_hash: 3,
    });
    const unix = count(['ipv4', 'ipv6', 'url', 'linux_path', 'md5_hash', 'sha1_hash', 'sha256_hash']);
    expect(unix).toMatchObject({ ipv4: 3, ipv6: 3, url: 3, linux_path: 8, md5_hash: 3, sha1_hash: 3, sha256_hash: 3 });
    expect(count(['ipv4', 'url', 'md5_hash'])).toMatchObject({ ipv4: 3, url: 3, md5_hash: 3 });
  });

  itWithShared('data/msticpy/processes_on_host.csv', 'finds the counts of processes_on_host', () => {
    const column = getColumn(csvTable(sharedPath('data/msticpy/processes_on_host.csv')), 'CommandLine');
    const found = extractLikeMsticpy([column], { ...ALL, types: new Set(TABLE_TYPES) });
    expect(countByType(found)).toEqual({ dns: 16, url: 7, email: 6, md5_hash: 3, ipv4: 2 });
  });

  it('matches defanged forms, unless told not to', () => {
    const forms: [string, string][] = [
      ...['206[.]123.1.123', '206[.]123[.]1[.]123', '206.123[.]1[.]123'].map((it): [string, string] => ['ipv4', it]),
      ...['hXXps', 'ftp', 'sftp', 'ftps', 'fXp', 'sfXp', 'fXps', 'file', 'telnet'].map((scheme): [string, string] => [
        'url',
        `${scheme}://www[.]virustotal.com/en/`,
      ]),
      ...['domain[.]like.uk', 'domain.like[.]uk', 'domain[.]like[.]uk'].map((it): [string, string] => ['dns', it]),
      ...['user@domain[.]like.uk', 'user[AT]domain[.]like.uk'].map((it): [string, string] => ['email', it]),
    ];
    for (const [type, text] of forms) {
      expect(countByType(scanLikeMsticpy(`-x:${text} y`, ALL))[type], text).toBeGreaterThan(0);
    }
    expect(countByType(scanLikeMsticpy('206.123[.]1[.]com', ALL))['ipv4']).toBeUndefined();
    expect(
      scanLikeMsticpy('206[.]123.1.123', { ...ALL, defanged: false }).filter(({ type }) => type === 'ipv4'),
    ).toEqual([]);
  });

  it('finds the paths that the backtracking patterns find', () => {
    const windows =
      /(?<root>[a-z]:|\\\\[a-z0-9_.$-]+||[.]+)(?<folder>\\(?:[^/:*?"'<>|\r\n]+\\)*)(?<file>[^\\/*?"<>|\r\n ]+)/gimu;
    const linux = /(?<root>\/+||[.]+)(?<folder>\/(?:[^\\/:*?<>|\r\n]+\/)*)(?<file>[^/\0<>|\r\n ]+)/gimu;
    const piece = fc.constantFrom('\\', '/', '.', 'a', 'c:', ':', ' ', '"', "'", '\n', 'b', '-', '|');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
        const text = pieces.join('');
        for (const [type, pattern] of [
          ['windows_path', windows],
          ['linux_path', linux],
        ] as const) {
          const expected = new Set([...text.matchAll(pattern)].map((match) => match[0]));
          const found = scanLikeMsticpy(text, { ...ALL, types: new Set([type]) });
          expect(new Set(found.map(({ value }) => value))).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes no more than linear work on texts that hang the patterns', () => {
    const hostile = [`c:${'\\'.repeat(100_000)}"`, 'a'.repeat(200_000), '/'.repeat(200_000), '/ '.repeat(100_000)];
    for (const text of hostile) expect(scanLikeMsticpy(text, ALL).length).toBeLessThan(3);
  });
});

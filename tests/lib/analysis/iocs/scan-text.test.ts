import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilePatterns,
  defang,
  extractColumn,
  IOC_TYPES,
  refang,
  scanText,
  scopeOf,
} from '../../../../lib/analysis/iocs/index.ts';
import { TrailhoundError } from '../../../../lib/errors.ts';
import { columnFromCells } from '../../../../lib/tables/index.ts';

const raw = String.raw;
const ALL = { types: new Set<string>(IOC_TYPES), patterns: [] };

function found(text: string, types: readonly string[] = IOC_TYPES): string[] {
  return scanText(text, { ...ALL, types: new Set(types) }).map(({ type, value }) => `${type} ${value}`);
}

describe('indicators in a text', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['connect to 198.51.100.7:443, then 10.0.0.5-10.0.0.9.', ['ipv4 198.51.100.7', 'ipv4 10.0.0.5', 'ipv4 10.0.0.9']],
    [
      'v6 [2001:db8::7]:443 and fe80::1%eth0, ::ffff:192.0.2.1 and ::1',
      ['ipv6 2001:db8::7', 'ipv6 fe80::1', 'ipv6 ::ffff:192.0.2.1', 'ipv6 ::1'],
    ],
    ['ping evil.contoso.com and XN--BCHER-KVA.example.', ['dns evil.contoso.com', 'dns xn--bcher-kva.example']],
    ['mail an.a+b@mail.contoso.com now', ['email an.a+b@mail.contoso.com', 'dns mail.contoso.com']],
    [
      "('http://c2.contoso.com:8080/a(1)/b.ps1?x=1&y=2');",
      ['url http://c2.contoso.com:8080/a(1)/b.ps1?x=1&y=2', 'dns c2.contoso.com'],
    ],
    [
      'see http://a.example/x, http://b.example/y.',
      ['url http://a.example/x', 'dns a.example', 'url http://b.example/y', 'dns b.example'],
    ],
    ['http://user:pw@c2.example/', ['url http://user:pw@c2.example/', 'dns c2.example']],
    [
      'http://3221225985/x and http://[2001:db8::1]/',
      ['url http://3221225985/x', 'ipv4 192.0.2.1', 'url http://[2001:db8::1]/', 'ipv6 2001:db8::1'],
    ],
    [
      'go?u=http%3A%2F%2Fb.example%2Fc http://a.example/?u=http%3A%2F%2Fb.example%2Fc',
      [
        'url http://a.example/?u=http%3A%2F%2Fb.example%2Fc',
        'url http://b.example/c',
        'dns b.example',
        'dns a.example',
      ],
    ],
    [
      `${'9fd687fb66a85f89cc413728a179fb0d'.toUpperCase()},87adcc213a88d165d4da4ad89827c43887adcc21`,
      ['md5_hash 9fd687fb66a85f89cc413728a179fb0d', 'sha1_hash 87adcc213a88d165d4da4ad89827c43887adcc21'],
    ],
    [
      raw`"C:\Program Files\My App\x.exe" -in \\srv01\share$\a b.txt`,
      [raw`windows_path C:\Program Files\My App\x.exe`, raw`windows_path \\srv01\share$\a`],
    ],
    [
      raw`C:\Program Files\My App\x.exe -a C:\b\c.dll`,
      [raw`windows_path C:\Program Files\My App\x.exe`, raw`windows_path C:\b\c.dll`],
    ],
    [
      raw`reg add "HKLM\SOFTWARE\Microsoft\Windows NT\Run" /v x`,
      [raw`registry_key HKLM\SOFTWARE\Microsoft\Windows NT\Run`],
    ],
    [
      'cat /etc/passwd ~/.ssh/id_rsa ./run.sh /tmp/.x/y; cmd /c /nologo',
      ['linux_path /etc/passwd', 'linux_path ~/.ssh/id_rsa', 'linux_path ./run.sh', 'linux_path /tmp/.x/y'],
    ],
    ['cve-2021-44228 by T1059.001 in TA0002', ['cve CVE-2021-44228', 'mitre_attack T1059.001', 'mitre_attack TA0002']],
    [
      'pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa or bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
      ['crypto_wallet 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'crypto_wallet bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ],
    [
      raw`\\files.contoso.com\share\x.txt`,
      [raw`windows_path \\files.contoso.com\share\x.txt`, 'dns files.contoso.com'],
    ],
    ['{52B1AB41-869E-4138-9E40-2A4457F09BF0}', ['guid 52b1ab41-869e-4138-9e40-2a4457f09bf0']],
  ];
  for (const [text, expected] of cases) {
    it(JSON.stringify(text.slice(0, 60)), () => {
      expect(
        found(
          text,
          IOC_TYPES.filter((type) => type !== 'file_name'),
        ).sort(),
      ).toEqual([...expected].sort());
    });
  }

  it('are found however they are defanged', () => {
    const url = ['url https://evil.example/x', 'dns evil.example'];
    for (const text of [
      'hxxps://evil.example/x',
      'hXXps://evil[.]example/x',
      'https[:]//evil(.)example/x',
      'hxxps[://]evil[dot]example/x',
      'h**ps://evil{.}example/x',
    ]) {
      expect(found(text), text).toEqual(url);
    }
    expect(found('198[.]51.100[.]7 198.51[.100.7')).toEqual(['ipv4 198.51.100.7', 'ipv4 198.51.100.7']);
    for (const text of ['user[at]evil[.]example', 'user(@)evil.example', 'user [at] evil [dot] example']) {
      expect(found(text), text).toEqual(['email user@evil.example', 'dns evil.example']);
    }
    expect(found('fxp://evil.example/')).toEqual(['url ftp://evil.example/', 'dns evil.example']);
  });

  it('stand where they are said to stand, in the original text', () => {
    const text = 'see hxxps[://]evil[.]example/x, or 198[.]51[.]100[.]7!';
    const places = scanText(text, ALL).map(({ start, end }) => text.slice(start, end));
    expect(places).toEqual(['hxxps[://]evil[.]example/x', 'evil[.]example', '198[.]51[.]100[.]7']);
  });

  it('come back from being defanged', () => {
    for (const value of [
      'https://evil.example/a.b?c=d',
      'ftp://a.b.example/',
      'user@evil.example',
      '198.51.100.7',
      'evil.example',
    ]) {
      expect(refang(defang(value)).text).toBe(value);
    }
  });
});

describe('near misses', () => {
  const texts = [
    '999.999.999.999 256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4',
    'version 1.2.3.4, Version=4.0.0.0, v1.2.3.4 Chrome/120.0.0.0',
    raw`Agent_2.7.41.91 4.18.1812.3-0 \4.1.1.3\x`,
    'at 12:34:56 on 00:1a:2b:3c:4d:5e std::vector a::b',
    'script.sh file.py readme.md payload.zip lib.so',
    'System.IO.Compression New-Object Net.WebClient [System.Text.Encoding]::UTF8 foo.com(1) $obj.name this.id',
    'some.thing.iandom localhost intranet x..com -.com',
    'user@localhost @contoso user@@contoso http://999.1.1.1/ http:// http:///x.y',
    'http://:80/x http://?x http://#y',
    '0123456789abcdef0123456789abcde 00000000000000000000000000000000 12345678901234567890123456789012',
    `x${'9fd687fb66a85f89cc413728a179fb0d'} ${'9fd687fb66a85f89cc413728a179fb0d'}ab`,
    'CVE-21-1 CVE-2021-123 T1000000 T1059.0011 XT1059 T2000',
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    'cmd /c /s /nologo /a/b and/or n/a 1/2/3',
    'C: C:\\ C:relative HKLM HKLMX\\y',
  ];
  for (const text of texts) {
    it(JSON.stringify(text.slice(0, 60)), () => {
      expect(
        found(
          text,
          IOC_TYPES.filter((type) => type !== 'file_name'),
        ),
      ).toEqual([]);
    });
  }
});

describe('custom patterns', () => {
  it('give a type of their own, narrowed to a group', () => {
    const patterns = compilePatterns({ ticket: 'INC-(?<value>[0-9]+)' });
    expect(scanText('see inc-1234', { types: new Set(), patterns })).toEqual([
      { type: 'ticket', value: '1234', start: 4, end: 12 },
    ]);
  });

  it('run in linear time, or are refused', () => {
    const patterns = compilePatterns({ bad: '(a+)+b' });
    expect(scanText('a'.repeat(100_000), { types: new Set(), patterns })).toEqual([]);
    expect(() => compilePatterns({ worse: '(?=a)b' })).toThrow(TrailhoundError);
  });
});

describe('columns', () => {
  it('give each value of a cell once, with how often it is there', () => {
    const column = columnFromCells('Text', 'string', ['192.0.2.1 192.0.2.1', null, '', '192.0.2.1']);
    const { rows, iocs } = extractColumn(column);
    expect(rows).toEqual([0, 3]);
    expect(iocs.map((ioc) => ioc.occurrences)).toEqual([2, 1]);
  });

  it('are cut at a number of rows, and say so', () => {
    const column = columnFromCells('Text', 'string', ['192.0.2.1 192.0.2.2 192.0.2.3']);
    expect(extractColumn(column, { maxRows: 2 })).toMatchObject({ isCut: true, rows: [0, 0] });
  });

  it('tell internal addresses from public ones', () => {
    for (const address of [
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.1.1',
      '100.64.0.1',
      'fc00::1',
      '::1',
      'fe80::1',
      '::ffff:10.0.0.1',
    ]) {
      expect(scopeOf(address)?.isPrivate, address).toBe(true);
    }
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1']) {
      expect(scopeOf(address), address).toEqual({ range: 'unicast', isPrivate: false });
    }
  });
});

describe('hostile texts', () => {
  it('are taken without a crash, and every indicator lies in its text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.domain(),
      fc.ipV4(),
      fc.ipV6(),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.emailAddress(),
      fc.constantFrom(
        '[.]',
        '://',
        'hxxp',
        '\\\\',
        '/',
        'HKLM\\',
        'C:\\',
        '@',
        '%2F',
        '"',
        "'",
        ' ',
        ':',
        '::',
        '.',
        'http://[',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        for (const { start, end, value } of scanText(text, ALL)) {
          expect(value).not.toBe('');
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(start).toBeLessThan(end);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('take no more than linear work', () => {
    const size = 200_000;
    const units = [
      '\\',
      'a',
      '/',
      '.',
      '..',
      'a.',
      'a@',
      '@',
      ':',
      'a:',
      '0',
      'http://',
      'http://a.',
      '://',
      '%',
      '(',
      '[.]',
      'C:\\a ',
      '\\\\a\\',
      'a b\\',
      '/ ',
      "'/a",
      'hxxp',
      'a-',
      '1.',
      'f',
      'HKLM\\a ',
      'a.b@',
      'T1059 ',
      '1'.repeat(33),
    ];
    for (const unit of units) {
      const text = unit.repeat(size / unit.length);
      for (const hostile of [text, `c:${text}"`, `http://${text}`, `"${text}`]) scanText(hostile, ALL);
    }
  });

  it('do not hide what is planted in them', () => {
    const planted = ['ipv4 198.51.100.7', 'url http://evil.example/x', 'email a@evil.example', 'cve CVE-2021-44228'];
    const units = [
      '\\',
      'a',
      '/',
      '.',
      'a@',
      ':',
      'http://',
      '://',
      '%',
      '(',
      '[.]',
      'C:\\a ',
      '0',
      'a-',
      "'",
      '"',
      '{',
      '\u0000',
      'é',
      '\ud800',
    ];
    for (const unit of units) {
      const noise = unit.repeat(2000 / unit.length);
      const text = `${noise} 198.51.100.7 ${noise} http://evil.example/x ${noise} a@evil.example ${noise} CVE-2021-44228 ${noise}`;
      expect(found(text), JSON.stringify(unit)).toEqual(expect.arrayContaining(planted));
    }
  });
});

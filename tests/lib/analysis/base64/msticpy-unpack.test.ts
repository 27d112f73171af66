import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackLikeMsticpy } from '../../../../lib/analysis/base64/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';

const ITEMS = [
  [['', '1.', '1'], 'dllenc.txt', 'utf-8', '9fd687fb66a85f89cc413728a179fb0d'],
  [['', '1.', '1'], 'txtenc.txt', 'utf-8', '87adcc213a88d165d4da4ad89827c438'],
  [['', '1.', '1'], 'txtenc.txt.gz', 'binary', '709ca834c405231a89d0c7c9d732fc98'],
  [['', '1.', '2'], 'dllenc.txt', 'utf-8', '9fd687fb66a85f89cc413728a179fb0d'],
  [['', '1.', '2'], 'txtenc.txt', 'utf-8', '87adcc213a88d165d4da4ad89827c438'],
  [['', '1.', '2'], 'txtenc.txt.gz', 'binary', '709ca834c405231a89d0c7c9d732fc98'],
  [['2.', '2.', '1'], 'unknown', 'binary', '69fbfeacd07be73e29b7786f663aba07'],
  [['2.', '2.', '2'], 'unknown', 'binary', '3414109cd3c337be290997995549fa96'],
];

const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');

describe('unpacking like MSTICPy', () => {
  itWithShared('data/msticpy/base64msg.txt', 'gives the items of the nested archives, call after call', () => {
    const text = readFileSync(sharedPath('data/msticpy/base64msg.txt'), 'utf8');
    for (let call = 0; call < 2; call++) {
      const { items } = unpackLikeMsticpy(text);
      expect(items.map((item) => [item.reference, item.fileName, item.encodingType, item.md5])).toEqual(ITEMS);
    }
  });

  itWithShared('data/msticpy/b64text_inzip.txt', 'gives two items of a text within a zip', () => {
    const text = readFileSync(sharedPath('data/msticpy/b64text_inzip.txt'), 'utf8');
    expect(unpackLikeMsticpy(text).items).toHaveLength(2);
  });

  it('writes replacements to the byte', () => {
    const plain = 'a text that is long enough';
    expect(unpackLikeMsticpy(`x ${base64(plain)} y`).text).toBe(
      `x <decoded type='string' name='[None]' index='1' depth='1'>${plain}</decoded> y`,
    );
    const bytes = Buffer.from(Array.from({ length: 24 }, (_, i) => 0x80 + i));
    const hex = bytes.toString('hex').replaceAll(/(..)(?!$)/g, '$1 ');
    expect(unpackLikeMsticpy(bytes.toString('base64')).text).toBe(
      `<decoded value='binary'  name='[None]' type='None' index='1' depth='1'>${hex}</decoded>`,
    );
  });

  it('names a gzip’s member and replaces every occurrence', () => {
    const packed = gzipSync('what is packed').toString('base64');
    const { items, text } = unpackLikeMsticpy(`${packed} and ${packed}`);
    expect(items.map((item) => [item.fileName, item.fileType, item.decodedString])).toEqual([
      ['gzip_file', 'gz', 'what is packed'],
    ]);
    expect(text.match(/what is packed/g)).toHaveLength(2);
  });

  it('needs padding, ignores line ends, and leaves what is shorter than 30', () => {
    const plain = Buffer.from('0123456789012345678901234');
    const padded = plain.toString('base64');
    expect(unpackLikeMsticpy(padded.replace(/=+$/, '')).items).toEqual([]);
    expect(unpackLikeMsticpy(`${padded.slice(0, 20)}\r\n${padded.slice(20)}`).items[0]!.decodedString).toBe(
      String(plain),
    );
    expect(unpackLikeMsticpy(base64('too short')).items).toEqual([]);
  });

  it('reads UTF-16 only when told to', () => {
    const encoded = Buffer.from('Get-Process | Sort', 'utf16le').toString('base64');
    expect(unpackLikeMsticpy(encoded).items[0]!.decodedString).toContain('\0');
    expect(unpackLikeMsticpy(encoded, { utf16: true }).items[0]).toMatchObject({
      decodedString: 'Get-Process | Sort',
      encodingType: 'utf-16',
    });
  });

  it('isolates a damaged archive', () => {
    const damaged = gzipSync('x'.repeat(500)).subarray(0, 24).toString('base64');
    const { items } = unpackLikeMsticpy(`${damaged} ${base64('a text that is long enough')}`);
    expect(items.map((item) => item.fileType)).toEqual(['gz', null]);
  });
});

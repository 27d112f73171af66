import { join } from 'node:path';
import { Readable } from 'node:stream';
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  copyBounded,
  type StreamEnd,
  unpackBudget,
  untilDamage,
} from '../../../../lib/providers/local/archives/bounded.ts';
import { accounted, jsonLines, loadFiles, rowsOf, temporaryFolder } from './support.ts';

interface Entry {
  readonly name: string;
  readonly content: Buffer;
  readonly encrypted?: boolean;
}

/** A zip archive as the format's definition has it. */
function zip(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, encrypted } of entries) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(encrypted ? 1 : 0, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x5b75, 8);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

function tar(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  header.write('ustar', 257);
  return Buffer.concat([header, content, Buffer.alloc(512 - (content.length % 512)), Buffer.alloc(1024)]);
}

const rows = (count: number) =>
  Buffer.from(jsonLines(Array.from({ length: count }, (_, N) => ({ N, text: `row ${N * 7919}` }))));

describe('archives', () => {
  it('are opened, within each other too; names in them are never paths', async () => {
    const inner = zip([{ name: '../../etc/passwd', content: rows(2) }]);
    const data = await loadFiles({
      'a.zip': zip([
        { name: 'logs/', content: Buffer.alloc(0) },
        { name: 'logs/one.json', content: rows(3) },
        { name: '__MACOSX/logs/._one.json', content: Buffer.from([0, 5, 22, 7]) },
        { name: 'C:\\evil\\..\\two.json', content: rows(1) },
        { name: 'inner.zip', content: inner },
        { name: 'packed.json.gz', content: gzipSync(rows(4)) },
      ]),
      'b.json.gz': gzipSync(rows(5)),
      'c.json.zst': zstdCompressSync(rows(6)),
      'd.tar.gz': gzipSync(tar('in/tar.json', rows(7))),
    });
    expect(accounted(data)).toEqual({ rowsIn: 28, inTables: 28, bad: 0 });
    expect(data.sources.map(({ file, rowsIn }) => [file, rowsIn])).toEqual([
      ['a.zip!logs/one.json', 3],
      ['a.zip!C:\\evil\\..\\two.json', 1],
      ['a.zip!inner.zip!../../etc/passwd', 2],
      ['a.zip!packed.json.gz', 4],
      ['b.json.gz', 5],
      ['c.json.zst', 6],
      ['d.tar.gz!in/tar.json', 7],
    ]);
    expect(data.tables.map(({ name }) => name)).toEqual(['b', 'c', 'one', 'packed', 'passwd', 'tar', 'two']);
  });

  it('that are encrypted are said to be, and the rest is read', async () => {
    const data = await loadFiles({
      'a.zip': zip([
        { name: 'secret.json', content: rows(1), encrypted: true },
        { name: 'open.json', content: rows(2) },
      ]),
    });
    expect(data.sources).toMatchObject([
      { file: 'a.zip!secret.json', rowsIn: 0, loss: expect.stringContaining('encrypted') },
      { file: 'a.zip!open.json', rowsIn: 2 },
    ]);
    expect(data.warnings).toMatchObject([{ code: 'data-not-read' }]);
  });

  it('whose end is cut off keep what was read, and say the loss', async () => {
    const big = rows(20_000);
    const whole = zip([
      { name: 'first.json', content: rows(3) },
      { name: 'second.json', content: big },
    ]);
    const data = await loadFiles({
      'cut.zip': whole.subarray(0, Math.floor(whole.length / 2)),
      'cut.json.gz': gzipSync(big).subarray(0, 30_000),
    });
    const count = (file: string) => data.sources.find((source) => source.file === file)!;
    expect(count('cut.zip!first.json').rowsIn).toBe(3);
    expect(count('cut.zip!second.json').rowsIn).toBeGreaterThan(1000);
    expect(count('cut.zip!second.json').loss).toContain('cut off');
    expect(count('cut.json.gz').rowsIn).toBeGreaterThan(1000);
    expect(count('cut.json.gz').loss).toContain('cut off');
    const { rowsIn, inTables, bad } = accounted(data);
    expect(inTables).toBe(rowsIn);
    // Each cut goes through one record.
    expect(bad).toBe(2);
    expect((await rowsOf(data, 'second'))[1000]).toMatchObject({ N: 1000n });
  });

  it('that unpack to far more than logs do are cut, across all that lies in them', async () => {
    const budget = unpackBudget(1000);
    expect(budget.remaining).toBe(2 ** 30);
    const small = { remaining: 5000 };
    const end: StreamEnd = { bytes: 0 };
    const chunks = [];
    for (let file = 0; file < 3; file++) {
      for await (const chunk of untilDamage(Readable.from([Buffer.alloc(2000)]), end, { budget: small }))
        chunks.push(chunk);
    }
    expect(chunks).toHaveLength(2);
    expect(end.loss).toContain('far more than logs do');
    await expect(
      copyBounded(Readable.from([Buffer.alloc(10)]), join(await temporaryFolder(), 'x'), small),
    ).rejects.toMatchObject({ code: 'limit' });
  });

  it('of other kinds, and endless nesting, are refused by name', async () => {
    let nested = zip([{ name: 'x.json', content: rows(1) }]);
    for (let depth = 0; depth < 6; depth++) nested = zip([{ name: `${depth}.zip`, content: nested }]);
    const data = await loadFiles({
      'deep.zip': nested,
      'a.7z': Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
      'log.evtx': Buffer.from('ElfFile\0\0\0'),
      'lie.zip': Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(100, 7)]),
    });
    expect(data.rowsIn).toBe(0);
    expect(Object.fromEntries(data.sources.map(({ file, loss }) => [file.split('!')[0], loss]))).toMatchObject({
      'a.7z': expect.stringContaining('7z'),
      'deep.zip': expect.stringContaining('more than 4 deep'),
      'log.evtx': expect.stringContaining('.evtx'),
    });
    expect(data.sources.every(({ loss }) => loss !== undefined)).toBe(true);
  });
});

import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zip } from '../../scripts/zip.ts';

/** Reads an archive by its directory, as unpackers do. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf('PK\x05\x06', archive.length, 'latin1');
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    files.set(archive.toString('utf8', at + 46, at + 46 + nameLength), inflateRawSync(packed));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

describe('zip', () => {
  const entries = [
    { name: 'host.json', content: Buffer.from('{"version":"2.0"}') },
    { name: 'dist/größe.cjs', content: randomBytes(100_000) },
    { name: 'empty', content: Buffer.alloc(0) },
  ];

  it('holds what went in', () => {
    const files = unzip(zip(entries));
    expect([...files.keys()]).toEqual(entries.map(({ name }) => name));
    for (const { name, content } of entries) expect(files.get(name)!.equals(content)).toBe(true);
  });

  it('gives the same bytes for the same files', () => {
    expect(zip(entries).equals(zip(entries))).toBe(true);
  });
});

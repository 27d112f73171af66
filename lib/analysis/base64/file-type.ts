interface Signature {
  readonly type: string;
  readonly offset: number;
  readonly magic: Buffer;
}

function signature(type: string, hex: string, offset = 0): Signature {
  return { type, offset, magic: Buffer.from(hex.replaceAll(' ', ''), 'hex') };
}

/** First bytes of files, by the formats' own specifications. Archives that can be opened come first. */
const SIGNATURES: readonly Signature[] = [
  signature('gz', '1f 8b 08'),
  signature('zip', '50 4b 03 04'),
  signature('tar', '75 73 74 61 72', 257),
  signature('7z', '37 7a bc af 27 1c'),
  signature('rar', '52 61 72 21 1a 07'),
  signature('xz', 'fd 37 7a 58 5a 00'),
  signature('bz2', '42 5a 68 39 31 41 59 26 53 59'),
  signature('zstd', '28 b5 2f fd'),
  signature('cab', '4d 53 43 46 00 00 00 00'),
  signature('wim', '4d 53 57 49 4d 00 00 00'),
  signature('elf', '7f 45 4c 46'),
  signature('macho', 'ca fe ba be 00 00 00 02'),
  signature('macho', 'cf fa ed fe'),
  signature('macho', 'ce fa ed fe'),
  signature('java-class', 'ca fe ba be 00 00 00'),
  signature('dex', '64 65 78 0a 30 33'),
  signature('wasm', '00 61 73 6d 01 00 00 00'),
  signature('pdf', '25 50 44 46 2d'),
  signature('ole', 'd0 cf 11 e0 a1 b1 1a e1'),
  signature('rtf', '7b 5c 72 74 66'),
  signature('lnk', '4c 00 00 00 01 14 02 00'),
  signature('chm', '49 54 53 46 03 00 00 00'),
  signature('evtx', '45 6c 66 46 69 6c 65 00'),
  signature('registry-hive', '72 65 67 66'),
  signature('minidump', '4d 44 4d 50 93 a7'),
  signature('sqlite', '53 51 4c 69 74 65 20 66 6f 72 6d 61 74 20 33 00'),
  signature('png', '89 50 4e 47 0d 0a 1a 0a'),
  signature('jpeg', 'ff d8 ff'),
  signature('gif', '47 49 46 38 37 61'),
  signature('gif', '47 49 46 38 39 61'),
  signature('dotnet-serialized', '00 01 00 00 00 ff ff ff ff'),
  signature('shellcode', 'fc e8 82 00 00 00'),
  signature('shellcode', 'fc e8 89 00 00 00'),
  signature('shellcode', 'fc e8 8f 00 00 00'),
  signature('shellcode', 'fc 48 83 e4 f0'),
];

const DLL = 0x2000;
const NATIVE_SUBSYSTEM = 1;

/** The type of a file by its content: `exe`, `dll`, `sys`, `zip`, `zip (encrypted)`, `gz`…; null if unknown. */
export function fileTypeOf(bytes: Buffer): string | null {
  if (bytes[0] === 0x4d && bytes[1] === 0x5a) return executableType(bytes);
  for (const { type, offset, magic } of SIGNATURES) {
    if (bytes.length < offset + magic.length) continue;
    if (magic[0] !== bytes[offset] || bytes.compare(magic, 0, magic.length, offset, offset + magic.length) !== 0)
      continue;
    return type === 'zip' && bytes.length > 7 && bytes[6]! & 1 ? 'zip (encrypted)' : type;
  }
  return null;
}

/** A Windows executable says in its PE header what it is. One cut off before that header counts as `exe`. */
function executableType(bytes: Buffer): string | null {
  if (bytes.length < 64) return null;
  const header = bytes.readUInt32LE(60);
  if (header < 4 || header > 0x1000_0000) return null;
  if (header + 96 > bytes.length) return bytes.length < 512 && header < 0x1000 ? 'exe' : null;
  if (bytes.readUInt32LE(header) !== 0x4550) return null;
  const isNative = bytes.readUInt16LE(header + 92) === NATIVE_SUBSYSTEM;
  if (isNative) return 'sys';
  return bytes.readUInt16LE(header + 22) & DLL ? 'dll' : 'exe';
}

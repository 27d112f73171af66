export type TextEncodingName = 'utf8' | 'utf16le' | 'utf16be' | 'utf16';

/** The bytes of a text; `utf16` stands for little-endian and big-endian with a byte order mark. */
export function textInBytes(text: string, encoding: TextEncodingName): Buffer[] {
  const little = Buffer.from(text, 'utf16le');
  if (encoding === 'utf8') return [Buffer.from(text, 'utf8')];
  if (encoding === 'utf16le') return [little];
  const big = Buffer.from(little).swap16();
  if (encoding === 'utf16be') return [big];
  return [Buffer.concat([Buffer.from([0xff, 0xfe]), little]), Buffer.concat([Buffer.from([0xfe, 0xff]), big])];
}

/** Where the part of an encoding begins that depends on nothing before the text, by the text's offset modulo three. */
const FIRST_OWN_CHARACTER = [0, 2, 3];
/** How many characters at the end depend on what follows the text. */
const LAST_FOREIGN_CHARACTERS = [0, 3, 2];

/** The three texts of which one is in every Base64 text that holds these bytes at whatever position. */
export function base64OffsetsOf(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]);
    const encoded = padded.toString('base64');
    return encoded.slice(FIRST_OWN_CHARACTER[offset], encoded.length - LAST_FOREIGN_CHARACTERS[padded.length % 3]!);
  });
}

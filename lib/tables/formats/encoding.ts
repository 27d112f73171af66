/** How a file's characters lie in bytes. */
export interface Encoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Bytes of the byte order mark. */
  readonly markLength: number;
  decodeHead(head: Buffer): string;
}

/** The encoding by its byte order mark; without one, UTF-16 shows by every second byte being NUL. */
export function encodingOf(head: Buffer): Encoding {
  if (head.length >= 3 && head.readUIntBE(0, 3) === 0xefbbbf) return encoding('utf-8', 3);
  if (head.length >= 2 && head.readUInt16BE(0) === 0xfffe) return encoding('utf-16le', 2);
  if (head.length >= 2 && head.readUInt16BE(0) === 0xfeff) return encoding('utf-16be', 2);
  const sample = Math.min(head.length, 512) & ~1;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < sample; i += 2) {
    if (head[i] === 0) even++;
    if (head[i + 1] === 0) odd++;
  }
  if (sample >= 16 && odd > sample * 0.4 && even < sample * 0.05) return encoding('utf-16le', 0);
  if (sample >= 16 && even > sample * 0.4 && odd < sample * 0.05) return encoding('utf-16be', 0);
  return encoding('utf-8', 0);
}

function encoding(name: Encoding['name'], markLength: number): Encoding {
  const decodeHead = (head: Buffer) => new TextDecoder(name).decode(head.subarray(markLength), { stream: true });
  return { name, markLength, decodeHead };
}

/** Turns bytes of the encoding into UTF-8 bytes, without the byte order mark. */
export function decoderFor({ name, markLength }: Encoding) {
  return async function* (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let skip = markLength;
    const decoder = name === 'utf-8' ? undefined : new TextDecoder(name, { ignoreBOM: true });
    for await (const chunk of bytes) {
      const from = Math.min(skip, chunk.length);
      skip -= from;
      const rest = from > 0 ? chunk.subarray(from) : chunk;
      if (rest.length > 0) yield decoder ? Buffer.from(decoder.decode(rest, { stream: true })) : rest;
    }
    const last = decoder?.decode();
    if (last) yield Buffer.from(last);
  };
}

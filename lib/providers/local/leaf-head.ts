import type { LeafFile } from './leaf-files.ts';

/** The first bytes of a file. */
export async function headOf(leaf: LeafFile, length: number): Promise<Buffer> {
  const stream = await leaf.open();
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      total += chunk.length;
      if (total >= length) break;
    }
  } catch (error) {
    if (total === 0) throw error;
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks).subarray(0, length);
}

import { textLines } from './lines.ts';
import { BlockBuilder, type RecordReader } from './record-block.ts';

/** Text of no known form: every line that is not empty is a record with the one column `Line`. */
export const readPlainText: RecordReader = async function* (bytes, log, limits) {
  const blocks = new BlockBuilder();
  for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
    for (let i = 0; i < lines.length; i++) {
      if (lines[i]!.trim() === '') continue;
      const block = blocks.add(firstLine + i, JSON.stringify({ Line: lines[i]!.toWellFormed() }));
      if (block) yield block;
    }
  }
  const block = blocks.flush();
  if (block) yield block;
};

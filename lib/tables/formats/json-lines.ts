import { lineBlocks, textOf } from './lines.ts';
import type { RecordReader } from './record-block.ts';

/** JSON objects, one a line. The lines are not parsed here: the database does that, many times faster. */
export const readJsonLines: RecordReader = async function* (bytes, log, limits) {
  for await (const block of lineBlocks(bytes, log, limits)) {
    let text = textOf(block.bytes, log);
    // A raw NUL would end the text in the database; inside a string its escape is what was meant.
    if (text.includes('\0')) text = text.replaceAll('\0', '\\u0000');
    yield { text, firstLine: block.firstLine };
  }
};

import { isUtf8 } from 'node:buffer';
import { lineBlocks, textOf } from './lines.ts';
import type { RecordReader } from './record-block.ts';

/** JSON objects, one a line. The lines are not parsed here: the database does that, many times faster. */
export const readJsonLines: RecordReader = async function* (bytes, log, limits) {
  for await (const block of lineBlocks(bytes, log, limits)) {
    const { firstLine, bytes: lines } = block;
    if (isUtf8(lines) && !lines.includes(0)) yield { text: lines, firstLine };
    // A raw NUL is no JSON; inside a string its escape is what was meant.
    else yield { text: textOf(lines, log).replaceAll('\0', '\\u0000'), firstLine };
  }
};

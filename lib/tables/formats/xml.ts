import { textLines } from './lines.ts';
import { BlockBuilder, type ReaderLog, type RecordBlock, type RecordReader } from './record-block.ts';
import { parseXmlElement } from './xml-element.ts';

/**
 * XML whose records are elements named alike: `<Event>`s of a Windows event log (with or without a root around them),
 * or else the children of the root. Entities beyond the five of XML, DTDs and external references are never resolved.
 */
export const readXml: RecordReader = async function* (bytes, log, limits) {
  const blocks = new BlockBuilder();
  let buffer = '';
  let line = 1;
  let name: string | undefined;
  for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
    if (buffer === '') line = firstLine;
    buffer += (buffer === '' ? '' : '\n') + lines.join('\n');
    name ??= recordName(buffer);
    if (name === undefined) continue;
    const cut = yield* records(buffer, line, name, blocks, log);
    line += countLines(buffer.slice(0, cut));
    buffer = buffer.slice(cut);
    if (buffer.length > limits.recordInBytes) {
      log.bad(line, `the element is longer than ${limits.recordInBytes / 2 ** 20} MiB`);
      buffer = '';
    }
  }
  if (name && new RegExp(`<${escaped(name)}[\\s>/]`).test(buffer)) log.bad(line, 'the file ends within this element');
  const block = blocks.flush();
  if (block) yield block;
};

/** The name of the elements that are records; undefined while the text does not show it yet. */
function recordName(text: string): string | undefined {
  const names = [...text.matchAll(/<([A-Za-z_][\w:.-]*)(?=[\s>/])/g)].slice(0, 2).map((match) => match[1]!);
  const [first, second] = names;
  if (first === undefined) return undefined;
  return first === 'Event' || text.includes('<Event ') || text.includes('<Event>') ? 'Event' : second;
}

function escaped(text: string): string {
  return text.replaceAll(/[.\\]/g, '\\$&');
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function* records(
  text: string,
  firstLine: number,
  name: string,
  blocks: BlockBuilder,
  log: ReaderLog,
): Generator<RecordBlock, number> {
  const start = new RegExp(`<${escaped(name)}(?=[\\s>/])`, 'g');
  const close = `</${name}>`;
  let done = 0;
  let line = firstLine;
  for (;;) {
    start.lastIndex = done;
    const from = start.exec(text)?.index;
    if (from === undefined) return Math.max(done, text.lastIndexOf('<'));
    const tagEnd = text.indexOf('>', from);
    if (tagEnd < 0) return done;
    const end = text[tagEnd - 1] === '/' ? tagEnd + 1 : text.indexOf(close, tagEnd) + close.length;
    if (end < close.length + tagEnd && text[tagEnd - 1] !== '/') return Math.max(done, from);
    line += countLines(text.slice(done, from));
    const element = parseXmlElement(text.slice(from, end));
    if ('reason' in element) log.bad(line, element.reason);
    else {
      const block = blocks.add(line, JSON.stringify({ [name]: element.value }));
      if (block) yield block;
    }
    line += countLines(text.slice(from, end));
    done = end;
  }
}

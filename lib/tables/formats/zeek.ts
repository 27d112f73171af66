import { TrailhoundError } from '../../errors.ts';
import { textLines } from './lines.ts';
import { BlockBuilder, type ReaderLimits, type RecordReader } from './record-block.ts';

interface ZeekHeader {
  separator: string;
  setSeparator: string;
  emptyField: string;
  unsetField: string;
  path: string;
  fields: readonly string[];
  types: readonly string[];
}

/** Zeek's own logs: a header of `#` lines, then tab-separated values. `_path` is the log's name, as in Zeek's JSON. */
export const readZeek: RecordReader = async function* (bytes, log, limits) {
  const blocks = new BlockBuilder();
  const header: ZeekHeader = {
    separator: '\t',
    setSeparator: ',',
    emptyField: '(empty)',
    unsetField: '-',
    path: 'log',
    fields: [],
    types: [],
  };
  let convert: readonly ((text: string) => unknown)[] = [];
  for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i]!;
      if (text === '') continue;
      if (text.startsWith('#')) {
        readHeaderLine(text, header, limits);
        convert = header.types.map((type) => converterOf(type, header));
        continue;
      }
      const values = text.split(header.separator);
      if (values.length !== header.fields.length) {
        log.bad(firstLine + i, `${values.length} values where the header names ${header.fields.length} fields`);
        continue;
      }
      let json = `{"_path":${JSON.stringify(header.path)}`;
      for (let column = 0; column < values.length; column++) {
        const value = values[column]!;
        if (value === header.unsetField) continue;
        const converted = (convert[column] ?? unescaped)(value === header.emptyField ? '' : value);
        json += `,${JSON.stringify(header.fields[column])}:${JSON.stringify(converted)}`;
      }
      const block = blocks.add(firstLine + i, `${json}}`);
      if (block) yield block;
    }
  }
  const block = blocks.flush();
  if (block) yield block;
};

function readHeaderLine(text: string, header: ZeekHeader, limits: ReaderLimits): void {
  if (text.startsWith('#separator ')) {
    header.separator = unescaped(text.slice('#separator '.length));
    return;
  }
  const [name, ...rest] = text.split(header.separator);
  if (name === '#set_separator') header.setSeparator = rest[0] ?? ',';
  else if (name === '#empty_field') header.emptyField = rest[0] ?? '(empty)';
  else if (name === '#unset_field') header.unsetField = rest[0] ?? '-';
  else if (name === '#path') header.path = rest[0] ?? 'log';
  else if (name === '#fields') {
    if (rest.length > limits.columns) throw new TrailhoundError('limit', `a Zeek log has ${rest.length} fields`);
    header.fields = rest;
  } else if (name === '#types') header.types = rest;
}

/** Values by Zeek's types; times stay texts, for a double cannot hold them to the tick. */
function converterOf(type: string, header: ZeekHeader): (text: string) => unknown {
  if (type === 'bool') return (text) => (text === 'T' ? true : text === 'F' ? false : text);
  if (/^(count|int|port)$/.test(type)) return (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);
  if (/^(double|interval)$/.test(type))
    return (text) => (Number.isFinite(Number(text)) && text !== '' ? Number(text) : text);
  if (/^(set|vector)\[/.test(type))
    return (text) => (text === '' ? [] : text.split(header.setSeparator).map(unescaped));
  return unescaped;
}

/** Zeek writes bytes that are not printable as `\xNN`. */
function unescaped(text: string): string {
  if (!text.includes('\\x')) return text.toWellFormed();
  return text
    .replaceAll(/(?:\\x[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('\\x', ''), 'hex').toString('utf8'))
    .toWellFormed();
}

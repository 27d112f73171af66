import { textLines } from './lines.ts';
import { BlockBuilder, type ReaderLog, type RecordReader } from './record-block.ts';

/**
 * Comma- or tab-separated values with a header (RFC 4180; quoted values may span lines). All values are texts; types
 * are inferred later. An empty value is left out, as is what pandas writes as an unnamed index column.
 */
export function csvReader(delimiter: string): RecordReader {
  return async function* (bytes, log, limits) {
    const blocks = new BlockBuilder();
    const parser = new CsvParser(delimiter, limits.recordInBytes);
    let header: readonly string[] | undefined;
    for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
      for (let i = 0; i < lines.length; i++) {
        const row = parser.line(lines[i]!, firstLine + i);
        if (!row) continue;
        if (row.tooLong) {
          log.bad(row.line, 'a quoted value has no end, or is too long');
          continue;
        }
        if (!header) {
          header = headerOf(row.values, log, limits.columns);
          continue;
        }
        if (row.values.length === 1 && row.values[0] === '') continue;
        const block = blocks.add(row.line, recordOf(header, row.values, log));
        if (block) yield block;
      }
    }
    const open = parser.end();
    if (open !== undefined) log.bad(open, 'the file ends within a quoted value');
    const block = blocks.flush();
    if (block) yield block;
  };
}

const UNNAMED_INDEX = /^(Unnamed: \d+)?$/;

function headerOf(names: readonly string[], log: ReaderLog, maxColumns: number): readonly string[] {
  if (names.length > maxColumns) log.altered(`columns beyond the ${maxColumns}th were left out`);
  const taken = new Set<string>();
  return names.slice(0, maxColumns).map((raw, index) => {
    // Portals write the zone behind the name of a time.
    const name = raw.trim().replace(/ \[UTC\]$/, '');
    if (UNNAMED_INDEX.test(name)) return index === 0 ? '' : unique(`Column${index + 1}`, taken);
    return unique(name, taken);
  });
}

function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let suffix = 1; taken.has(free); suffix++) free = `${name}${suffix}`;
  taken.add(free);
  return free;
}

function recordOf(header: readonly string[], values: readonly string[], log: ReaderLog): string {
  let json = '{';
  const count = Math.min(header.length, values.length);
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const name = header[i]!;
    if (value === '' || name === '') continue;
    json += `${json.length > 1 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(value.toWellFormed())}`;
  }
  if (values.length > header.length) {
    log.altered('values beyond the last column of the header were kept in the column "ExtraValues"');
    json += `${json.length > 1 ? ',' : ''}"ExtraValues":${JSON.stringify(JSON.stringify(values.slice(header.length)))}`;
  } else if (values.length < header.length) log.altered('rows have fewer values than the header has columns');
  return `${json}}`;
}

interface CsvRow {
  readonly line: number;
  readonly values: readonly string[];
  readonly tooLong?: boolean;
}

interface OpenRow {
  readonly line: number;
  readonly values: string[];
  /** The text of the value under way. */
  readonly parts: string[];
  length: number;
}

/** Takes lines one by one, for a quoted value may go on in the next. Linear, whatever the quotes. */
class CsvParser {
  readonly #delimiter: string;
  readonly #maxLength: number;
  /** The row whose last value is quoted and not closed yet. */
  #open: OpenRow | undefined;

  constructor(delimiter: string, maxLength: number) {
    this.#delimiter = delimiter;
    this.#maxLength = maxLength;
  }

  line(text: string, line: number): CsvRow | undefined {
    const open = this.#open;
    if (!open && !text.includes('"')) return { line, values: text.split(this.#delimiter) };
    if (!open) return this.#values(text, 0, { line, values: [], parts: [], length: 0 });
    open.length += text.length + 1;
    if (open.length > this.#maxLength) {
      this.#open = undefined;
      return { line: open.line, values: [], tooLong: true };
    }
    open.parts.push('\n');
    const after = this.#quoted(text, 0, open.parts);
    if (after < 0) return undefined;
    return this.#values(text, this.#endValue(text, after, open), open);
  }

  /** The line where an unfinished row began. */
  end(): number | undefined {
    return this.#open?.line;
  }

  /** Reads values from a position on; `at` is negative when the row has ended there. */
  #values(text: string, at: number, row: OpenRow): CsvRow | undefined {
    let from = at;
    while (from >= 0) {
      if (text[from] === '"') {
        const after = this.#quoted(text, from + 1, row.parts);
        if (after < 0) {
          this.#open = row;
          return undefined;
        }
        from = this.#endValue(text, after, row);
      } else {
        const next = text.indexOf(this.#delimiter, from);
        row.values.push(text.slice(from, next < 0 ? text.length : next));
        from = next < 0 ? -1 : next + this.#delimiter.length;
      }
    }
    this.#open = undefined;
    return { line: row.line, values: row.values };
  }

  /** Adds the text up to the closing quote; gives the position after it, or -1 if the line has none. */
  #quoted(text: string, start: number, parts: string[]): number {
    let from = start;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0) {
        parts.push(text.slice(from));
        return -1;
      }
      if (text[quote + 1] !== '"') {
        parts.push(text.slice(from, quote));
        return quote + 1;
      }
      parts.push(text.slice(from, quote + 1));
      from = quote + 2;
    }
  }

  /** Ends a quoted value. What stands between its closing quote and the delimiter is kept: nothing vanishes. */
  #endValue(text: string, after: number, row: OpenRow): number {
    const next = text.indexOf(this.#delimiter, after);
    row.parts.push(text.slice(after, next < 0 ? text.length : next));
    row.values.push(row.parts.join(''));
    row.parts.length = 0;
    return next < 0 ? -1 : next + this.#delimiter.length;
  }
}

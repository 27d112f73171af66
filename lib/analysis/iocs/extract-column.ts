import { type Column, isTextColumn } from '../../tables/index.ts';
import { compilePatterns } from './custom-patterns.ts';
import { DEFAULT_IOC_TYPES, type Ioc } from './ioc.ts';
import { MAX_SCANNED_CHARACTERS, scanText } from './scan-text.ts';

export interface ExtractOptions {
  /** Of IOC_TYPES; default DEFAULT_IOC_TYPES. */
  readonly types?: readonly string[];
  /** Name of a type → regular expression that runs in linear time. */
  readonly patterns?: Readonly<Record<string, string>>;
  /** Rows that are given at most. */
  readonly maxRows?: number;
}

/** An indicator of a text, at its first place. */
export interface FoundIoc extends Ioc {
  /** As it stood in the text. */
  readonly original: string;
  readonly occurrences: number;
}

export interface ExtractedColumn {
  /** Input rows, ascending; beside each one indicator. */
  readonly rows: readonly number[];
  readonly iocs: readonly FoundIoc[];
  readonly isCut: boolean;
  /** Rows with texts so long that only their beginning was looked at. */
  readonly longTexts: number;
  readonly failures: readonly { readonly row: number; readonly message: string }[];
}

const REMEMBERED_TEXTS = 200_000;
const NOTHING: readonly FoundIoc[] = [];

/** The indicators of every row of a text column. Equal texts are looked at once. */
export function extractColumn(column: Column, options: ExtractOptions = {}): ExtractedColumn {
  const patterns = compilePatterns(options.patterns ?? {});
  const types = new Set(options.types ?? DEFAULT_IOC_TYPES);
  const maxRows = options.maxRows ?? 5_000_000;
  const rows: number[] = [];
  const iocs: FoundIoc[] = [];
  const failures: { row: number; message: string }[] = [];
  let longTexts = 0;
  if (!isTextColumn(column)) return { rows, iocs, isCut: false, longTexts, failures };
  const known = new Map<string, readonly FoundIoc[]>();
  for (let row = 0; row < column.values.length; row++) {
    const text = column.values[row];
    if (!text) continue;
    let found = known.get(text);
    if (found === undefined) {
      try {
        found = distinct(text, scanText(text, { types, patterns }));
      } catch (thrown) {
        failures.push({ row, message: thrown instanceof Error ? thrown.message : String(thrown) });
        found = NOTHING;
      }
      if (known.size >= REMEMBERED_TEXTS) known.clear();
      known.set(text, found);
    }
    if (text.length > MAX_SCANNED_CHARACTERS) longTexts++;
    for (const ioc of found) {
      if (rows.length >= maxRows) return { rows, iocs, isCut: true, longTexts, failures };
      rows.push(row);
      iocs.push(ioc);
    }
  }
  return { rows, iocs, isCut: false, longTexts, failures };
}

function distinct(text: string, found: readonly Ioc[]): readonly FoundIoc[] {
  if (found.length === 0) return NOTHING;
  const byValue = new Map<string, FoundIoc & { occurrences: number }>();
  for (const ioc of found) {
    const key = `${ioc.type} ${ioc.value}`;
    const known = byValue.get(key);
    if (known) known.occurrences++;
    else byValue.set(key, { ...ioc, original: text.slice(ioc.start, ioc.end), occurrences: 1 });
  }
  return [...byValue.values()];
}

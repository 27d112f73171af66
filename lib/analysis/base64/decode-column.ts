import { hash } from 'node:crypto';
import type { TextValues } from '../../tables/index.ts';
import { type DecodedItem, type DecodedText, decodeText } from './decode-text.ts';
import { DEFAULT_DECODE_LIMITS, type DecodeLimit, type DecodeLimits } from './limits.ts';

/** A decoded item with its digests, computed once however many rows hold it. */
export interface HashedItem extends DecodedItem {
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

export interface DecodedRowText {
  readonly items: readonly HashedItem[];
  readonly text: string;
}

export interface DecodedColumn {
  /** Rows that gave something, ascending, and beside each what it gave (the same object for equal texts). */
  readonly rows: readonly number[];
  readonly decoded: readonly DecodedRowText[];
  /** How many rows met each bound. */
  readonly limitsMet: ReadonlyMap<DecodeLimit, number>;
  /** Rows that could not be decoded for an unforeseen reason, with its message. */
  readonly failures: readonly { readonly row: number; readonly message: string }[];
  /** Rows that were not looked at, because the whole column unfolded to `maxTotalSizeInBytes`. */
  readonly rowsLeftOut: number;
}

export interface ColumnLimits extends DecodeLimits {
  /** Decoded bytes of all distinct texts together. */
  readonly maxTotalSizeInBytes: number;
}

export const DEFAULT_COLUMN_LIMITS: ColumnLimits = { ...DEFAULT_DECODE_LIMITS, maxTotalSizeInBytes: 256 * 2 ** 20 };

/** Texts remembered: logs repeat themselves, and a repeated text is decoded once. */
const REMEMBERED_TEXTS = 200_000;

/** Decodes every row of a text column (see `decodeText`). Equal texts are decoded once. */
export function decodeColumn(values: TextValues, limits: ColumnLimits = DEFAULT_COLUMN_LIMITS): DecodedColumn {
  const rows: number[] = [];
  const decoded: DecodedRowText[] = [];
  const failures: { row: number; message: string }[] = [];
  const limitsMet = new Map<DecodeLimit, number>();
  const known = new Map<string, { found: DecodedRowText | null; limitsMet: readonly DecodeLimit[] }>();
  let bytesLeft = limits.maxTotalSizeInBytes;
  let rowsLeftOut = 0;
  for (let row = 0; row < values.length; row++) {
    const text = values[row];
    if (!text) continue;
    let entry = known.get(text);
    if (entry === undefined) {
      if (bytesLeft <= 0) {
        rowsLeftOut++;
        continue;
      }
      try {
        const result = decodeText(text, limits);
        entry = { found: result && hashItems(result), limitsMet: result?.limitsMet ?? [] };
        bytesLeft -= result?.items.reduce((sum, item) => sum + item.bytes.length, 0) ?? 0;
      } catch (thrown) {
        failures.push({ row, message: thrown instanceof Error ? thrown.message : String(thrown) });
        entry = { found: null, limitsMet: [] };
      }
      if (known.size >= REMEMBERED_TEXTS) known.clear();
      known.set(text, entry);
    }
    for (const limit of entry.limitsMet) limitsMet.set(limit, (limitsMet.get(limit) ?? 0) + 1);
    if (entry.found && entry.found.items.length > 0) {
      rows.push(row);
      decoded.push(entry.found);
    }
  }
  return { rows, decoded, limitsMet, failures, rowsLeftOut };
}

function hashItems(result: DecodedText): DecodedRowText {
  const items = result.items.map((item) => ({
    ...item,
    md5: hash('md5', item.bytes, 'hex'),
    sha1: hash('sha1', item.bytes, 'hex'),
    sha256: hash('sha256', item.bytes, 'hex'),
  }));
  return { items, text: result.text };
}

import { type Column, cellText, columnFromCells, isTextColumn, makeTable, type Table } from '../../tables/index.ts';
import { type MaskKind, makeMaskers } from './maskers.ts';

export interface ObfuscateOptions {
  /** Column → kind of mask. */
  readonly masks: ReadonlyMap<string, MaskKind>;
  /** Replace masked values where they stand in other text columns too. */
  readonly replaceElsewhere: boolean;
}

export interface Leak {
  readonly column: string;
  readonly rows: number;
  readonly firstRow: number;
}

export interface Obfuscated {
  readonly table: Table;
  readonly masked: readonly { readonly column: string; readonly kind: MaskKind; readonly values: number }[];
  /** Where an original value is still to be read. */
  readonly leaks: readonly Leak[];
}

/** Shorter values would be found in ordinary words. */
const SHORTEST_TOKEN = 4;
const TOKEN = /[\p{L}\p{N}_$-]+(?:[.@:][\p{L}\p{N}_$-]+)*/gu;

/** Masks columns under a key: consistently over all of them, one-to-one, with shape and joins kept. */
export function obfuscateTable(input: Table, key: string, { masks, replaceElsewhere }: ObfuscateOptions): Obfuscated {
  const maskers = makeMaskers(key);
  const originals = new Map<string, string>();
  const masked: { column: string; kind: MaskKind; values: number }[] = [];
  const columns = input.columns.map((column): Column => {
    const kind = masks.get(column.name);
    if (kind === undefined) return column;
    const known = new Map<string, string>();
    const cells = Array.from({ length: input.rowCount }, (_, row) => {
      const text = cellText(column, row);
      if (text === null || text === '' || kind === 'null') {
        if (text && kind === 'null') remember(originals, text, '');
        return kind === 'null' ? null : text;
      }
      let mask = known.get(text);
      if (mask === undefined) {
        mask = maskers[kind](text);
        known.set(text, mask);
        remember(originals, text, mask);
      }
      return mask;
    });
    masked.push({ column: column.name, kind, values: known.size });
    return columnFromCells(column.name, isTextColumn(column) ? column.type : 'string', cells);
  });
  const swept = columns.map((column) =>
    replaceElsewhere && !masks.has(column.name) && isTextColumn(column) ? sweep(column, originals) : column,
  );
  const table = makeTable(swept, input.rowCount);
  return { table, masked, leaks: findLeaks(table, originals) };
}

/** Remembers a value and its parts with their masks, if they changed. */
function remember(originals: Map<string, string>, text: string, mask: string): void {
  const parts = text.match(TOKEN) ?? [];
  const maskParts = mask.match(TOKEN) ?? [];
  if (text.length >= SHORTEST_TOKEN && mask !== text) originals.set(text.toLowerCase(), mask);
  if (parts.length !== maskParts.length && mask !== '') return;
  parts.forEach((part, index) => {
    const own = maskParts[index] ?? '';
    addToken(originals, part, own);
    const pieces = part.split(/[.@:]/);
    const ownPieces = own.split(/[.@:]/);
    if (pieces.length === ownPieces.length && !/^[\d.:]+$/.test(part)) {
      for (const [at, piece] of pieces.entries()) addToken(originals, piece, ownPieces[at]!);
    }
  });
}

function addToken(originals: Map<string, string>, token: string, mask: string): void {
  const isTelling = token.length >= SHORTEST_TOKEN && mask !== token && !/^\d{1,5}$/.test(token);
  if (isTelling && !originals.has(token.toLowerCase())) originals.set(token.toLowerCase(), mask);
}

function sweep(
  column: Extract<Column, { values: readonly (string | null)[] }>,
  originals: ReadonlyMap<string, string>,
): Column {
  const known = new Map<string, string>();
  const values = column.values.map((text) => {
    if (text === null || text === '') return text;
    let swept = known.get(text);
    if (swept === undefined) {
      swept = replaceTokens(text, originals);
      if (known.size < 200_000) known.set(text, swept);
    }
    return swept;
  });
  return { ...column, values };
}

function replaceTokens(text: string, originals: ReadonlyMap<string, string>): string {
  return text.replaceAll(TOKEN, (token) => {
    const whole = originals.get(token.toLowerCase());
    if (whole !== undefined) return whole;
    return token.replaceAll(/[\p{L}\p{N}_$-]+/gu, (piece) => originals.get(piece.toLowerCase()) ?? piece);
  });
}

/** A mask may happen to be another value's original: that is no leak, so masks are left out. */
function findLeaks(table: Table, originals: ReadonlyMap<string, string>): Leak[] {
  const masks = new Set([...originals.values()].map((mask) => mask.toLowerCase()));
  const isOriginal = (token: string) => originals.has(token.toLowerCase()) && !masks.has(token.toLowerCase());
  const leaks: Leak[] = [];
  for (const column of table.columns) {
    if (!isTextColumn(column)) continue;
    let rows = 0;
    let firstRow = -1;
    const known = new Map<string, boolean>();
    column.values.forEach((text, row) => {
      if (!text) return;
      let leaks = known.get(text);
      if (leaks === undefined) {
        leaks = (text.match(TOKEN) ?? []).some((token) => isOriginal(token) || token.split(/[.@:]/).some(isOriginal));
        known.set(text, leaks);
      }
      if (!leaks) return;
      rows++;
      if (firstRow < 0) firstRow = row;
    });
    if (rows > 0) leaks.push({ column: column.name, rows, firstRow });
  }
  return leaks;
}

import { type Cell, cell, isoFromTicks, type KqlType, type Table, textFromTimespan } from '../tables/index.ts';

/** A cell as text, as Kusto prints values; null where there is no value. */
export function kqlCellText(type: KqlType, value: Cell): string | null {
  if (value === null) return type === 'string' ? '' : null;
  switch (type) {
    case 'datetime':
      return isoFromTicks(value as bigint);
    case 'timespan':
      return textFromTimespan(value as bigint);
    case 'bool':
      return value ? 'True' : 'False';
    case 'real':
      return realText(value as number);
    default:
      return String(value);
  }
}

/** Large reals keep an exponent, so that no reader takes them for longs. */
function realText(value: number): string {
  return Number.isFinite(value) && Math.abs(value) >= 1e15 ? value.toExponential() : String(value);
}

/** A cell as JSON text: what `trailhound kql --json` gives. Dynamics are JSON already. */
export function kqlCellJson(type: KqlType, value: Cell): string {
  if (value === null) return type === 'string' ? '""' : 'null';
  switch (type) {
    case 'long':
      return BigInt.asIntN(54, value as bigint) === value ? String(value) : `"${value}"`;
    case 'int':
    case 'real':
      return Number.isFinite(value) ? realText(value as number) : `"${value}"`;
    case 'bool':
      return String(value);
    case 'dynamic':
      return strictJson(String(value));
    case 'decimal':
      return String(value);
    default:
      return JSON.stringify(kqlCellText(type, value));
  }
}

/** Strings are passed over whole; what is left of these words stands bare. */
const STRING_OR_NOT_A_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** Dynamics may hold numbers that JSON has no form for; they are written as strings, as those of `real` columns are. */
function strictJson(text: string): string {
  if (!text.includes('NaN') && !text.includes('Infinity')) return text;
  return text.replace(STRING_OR_NOT_A_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`));
}

/** All rows as the text of a JSON array of arrays. */
export function kqlRowsJson(table: Table): string {
  const rows = Array.from({ length: table.rowCount }, (_, row) => {
    const cells = table.columns.map((column) => kqlCellJson(column.type, cell(column, row)));
    return `[${cells.join(',')}]`;
  });
  return `[${rows.join(',')}]`;
}

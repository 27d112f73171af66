import { cellText, type Table } from '../tables/index.ts';

export interface UploadBatch {
  /** Rows of the table, by position. */
  readonly rows: readonly number[];
  /** Each row as JSON. */
  readonly texts: readonly string[];
}

/** A row that could not be sent, and why. */
export interface RowProblem {
  readonly row: number;
  readonly reason: string;
}

export interface UploadResult {
  readonly sentRows: number;
  readonly problems: readonly RowProblem[];
  /** The blob that holds the rows, if that is where they went. */
  readonly stored?: string;
}

export interface BatchLimits {
  /** Of one call, with what stands around and between the rows. */
  readonly batchInBytes: number;
  readonly overheadInBytes: number;
  /** What stands around each row, at the most. Default: nothing but a comma. */
  readonly roundRowInBytes?: number;
  /** Longer values are cut by the service; they are cut here, where it can be said. */
  readonly fieldInBytes: number;
}

/** Packs a table's rows into batches that fit a call. A row that fits none is a problem, as is a value that was cut. */
export function* batchesOf(table: Table, limits: BatchLimits, problems: RowProblem[]): Generator<UploadBatch> {
  let rows: number[] = [];
  let texts: string[] = [];
  let size = limits.overheadInBytes;
  for (let row = 0; row < table.rowCount; row++) {
    const text = rowJson(table, row, limits.fieldInBytes, problems);
    const bytes = Buffer.byteLength(text) + 1 + (limits.roundRowInBytes ?? 0);
    if (bytes + limits.overheadInBytes > limits.batchInBytes) {
      problems.push({ row, reason: `is larger than ${limits.batchInBytes} bytes` });
      continue;
    }
    if (size + bytes > limits.batchInBytes) {
      yield { rows, texts };
      rows = [];
      texts = [];
      size = limits.overheadInBytes;
    }
    rows.push(row);
    texts.push(text);
    size += bytes;
  }
  if (rows.length > 0) yield { rows, texts };
}

/** A row as JSON; dynamics as what they hold, 64-bit numbers beyond 2^53 as text. */
function rowJson(table: Table, row: number, fieldInBytes: number, problems: RowProblem[]): string {
  const members: string[] = [];
  for (const column of table.columns) {
    const text = cellText(column, row);
    if (text === null) continue;
    members.push(
      `${JSON.stringify(column.name)}:${valueJson(column, text, () => problems.push({ row, reason: `${column.name} was cut at ${fieldInBytes} bytes` }), fieldInBytes)}`,
    );
  }
  return `{${members.join(',')}}`;
}

function valueJson(column: Table['columns'][number], text: string, cut: () => void, fieldInBytes: number): string {
  switch (column.type) {
    case 'bool':
      return text;
    case 'int':
    case 'long':
    case 'real':
      return /^-?\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(text) ? text : JSON.stringify(text);
    case 'dynamic':
      if (Buffer.byteLength(text) <= fieldInBytes && isJson(text)) return text;
  }
  if (Buffer.byteLength(text) <= fieldInBytes) return JSON.stringify(text);
  cut();
  // Cut in bytes, at a character's end.
  return JSON.stringify(new TextDecoder().decode(Buffer.from(text).subarray(0, fieldInBytes), { stream: true }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

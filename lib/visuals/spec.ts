/** A part of a vega specification. Only this project's own text, numbers and cleaned labels ever stand in it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
export type SpecPart = { readonly [key: string]: Json | undefined };

/** Rows of a drawing as columns of equal length: compact in a page, and mapped to fixed field names. */
export type DrawingData = Readonly<Record<string, readonly (string | number)[]>>;

/** The rows as objects, which is how vega takes them (it marks each, so they must be fresh). */
export function drawingRows(data: DrawingData): Record<string, string | number>[] {
  const fields = Object.keys(data);
  const count = fields.length > 0 ? data[fields[0]!]!.length : 0;
  const rows = new Array<Record<string, string | number>>(count);
  for (let row = 0; row < count; row++) {
    const object: Record<string, string | number> = {};
    for (const field of fields) object[field] = data[field]![row]!;
    rows[row] = object;
  }
  return rows;
}

/** Columns from rows of equal shape; no rows give the named columns, empty. */
export function drawingData<Field extends string>(
  fields: readonly Field[],
  rows: readonly Readonly<Record<Field, string | number>>[],
): DrawingData {
  const data: Record<string, (string | number)[]> = {};
  for (const field of fields) data[field] = rows.map((row) => row[field]);
  return data;
}

/** Encoding of constants: `constant({ x: 3 })` is `{ x: { value: 3 } }`. */
export function constant(values: Readonly<Record<string, Json>>): SpecPart {
  return Object.fromEntries(Object.entries(values).map(([channel, value]) => [channel, { value }]));
}

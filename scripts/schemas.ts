/**
 * Makes the table schemas under `content/schemas`: names and types of columns, nothing else; and says in `taken.json`
 * there on which day.
 *
 *   node scripts/schemas.ts --pages FOLDER --out content/schemas/azure-monitor.json
 *   node scripts/schemas.ts --json FILE    --out content/schemas/defender.json
 *   node scripts/schemas.ts --json FILE --onto content/schemas/defender.json --out content/schemas/defender.json
 *
 * `--pages`: a folder of Microsoft's table reference in Markdown (the pages of the Azure Monitor logs reference, or of
 * Defender's advanced hunting schema): each page has a title that ends in the table's name, and a table with the
 * columns Column (or Column name), Type (or Data type), Description. `--json`: `{table: {column: type}}`. `--onto`: a
 * file of before, whose tables and columns stay, also where the reference has let them go: data of that time has them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSchemas, kqlTypeOfReference, parseSchemaLine } from '../lib/kql/schemas.ts';
import type { TableSchema } from '../lib/tables/index.ts';

const HEADER = /^\|\s*`?Column(?: name)?`?\s*\|\s*`?(?:Data )?type`?\s*\|.*$/im;

/** The table that a page of the reference describes; undefined if it describes none. */
export function schemaOfPage(page: string): { name: string; schema: TableSchema } | undefined {
  const title =
    /^(?:title|ms\.custom):.*?[-:]\s*([A-Za-z]\w+)\s*$/m.exec(page)?.[1] ??
    /^#\s+([A-Za-z]\w+)\s*(?:\(.*\))?\s*$/m.exec(page)?.[1];
  const header = HEADER.exec(page);
  if (!title || !header) return undefined;
  const lines = page.slice(header.index).split(/\r?\n/).slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  const schema = lines.slice(0, end < 0 ? undefined : end).flatMap((line) => {
    const [name, type] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim().replace(/[`*]/g, ''));
    const kqlType = kqlTypeOfReference(type ?? '');
    return name && kqlType ? [{ name, type: kqlType }] : [];
  });
  return schema.length > 0 ? { name: title, schema } : undefined;
}

function fromPages(folder: string): Map<string, TableSchema> {
  const found = new Map<string, TableSchema>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.md')) continue;
    const table = schemaOfPage(readFileSync(join(folder, file), 'utf8'));
    if (table) found.set(table.name, table.schema);
  }
  return found;
}

function fromJson(file: string): Map<string, TableSchema> {
  const tables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  return new Map(
    Object.entries(tables).map(([name, columns]) => [
      name,
      Object.entries(columns).flatMap(([column, type]) => {
        const kqlType = kqlTypeOfReference(type);
        return kqlType ? [{ name: column, type: kqlType }] : [];
      }),
    ]),
  );
}

/** The schemas of before with what is new in the reference: a column that both have stays as it was. */
export function mergedSchemas(
  before: ReadonlyMap<string, TableSchema>,
  fresh: ReadonlyMap<string, TableSchema>,
): Map<string, TableSchema> {
  const merged = new Map(before);
  for (const [name, schema] of fresh) {
    const known = before.get(name) ?? [];
    const names = new Set(known.map((column) => column.name.toLowerCase()));
    merged.set(name, [...known, ...schema.filter((column) => !names.has(column.name.toLowerCase()))]);
  }
  return merged;
}

function fromSchemas(file: string): Map<string, TableSchema> {
  const lines = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return new Map(Object.entries(lines).map(([name, line]) => [name, parseSchemaLine(line)]));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { pages: { type: 'string' }, json: { type: 'string' }, onto: { type: 'string' }, out: { type: 'string' } },
  });
  if (!values.out || (!values.pages && !values.json)) {
    console.error('usage: node scripts/schemas.ts (--pages FOLDER | --json FILE) [--onto FILE] --out FILE');
    process.exit(2);
  }
  const found = values.pages ? fromPages(values.pages) : fromJson(values.json!);
  const schemas = values.onto ? mergedSchemas(fromSchemas(values.onto), found) : found;
  writeFileSync(values.out, formatSchemas(schemas));
  const taken = join(dirname(values.out), 'taken.json');
  const days = existsSync(taken) ? (JSON.parse(readFileSync(taken, 'utf8')) as Record<string, string>) : {};
  days[basename(values.out)] = new Date().toISOString().slice(0, 10);
  writeFileSync(taken, `${JSON.stringify(days, null, 2)}\n`);
  console.error(`${schemas.size} tables`);
}

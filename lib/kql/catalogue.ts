import type { KqlType, TableSchema } from '../tables/index.ts';
import { type FunctionSignature, type Globals, type KnownTable, language } from './language/language.ts';

/** Tables by name with their columns; what `content/schemas` and `--schemas` hold. */
export type SchemaMap = ReadonlyMap<string, TableSchema>;

const FUZZY = /\b(?:union|search|find)\b/;
const MAX_TABLES_BY_WILDCARD = 30;

/** Names that a text mentions, wherever: a cheap over-estimate that keeps the analyser's tables few. */
export function mentionedNames(text: string): ReadonlySet<string> {
  const names = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  for (const [, name] of text.matchAll(/\[\s*['"]([^'"\]]+)['"]\s*\]/g)) names.add(name!);
  for (const [, name] of text.matchAll(/['"](https?:\/\/[^'"\s]+)['"]/g)) names.add(name!.split(/[;?]/)[0]!);
  return names;
}

/** Which tables a query may mean. A `union *` over a thousand wide tables would keep the analyser busy for minutes. */
export function mentionedTables<T extends { readonly name: string; readonly hasData: boolean }>(
  text: string,
  tables: ReadonlyMap<string, T>,
): T[] {
  const names = mentionedNames(text);
  const found = new Map([...names].flatMap((name) => (tables.has(name) ? [[name, tables.get(name)!] as const] : [])));
  if (!FUZZY.test(text)) return [...found.values()];
  const wildcards = [...text.matchAll(/(?<![\w)\]'"]\s*)([A-Za-z_]\w*\*|\*)(?=\s*(?:[|,)\n]|$))/g)].map((match) =>
    match[1]!.slice(0, -1).toLowerCase(),
  );
  if (/\b(?:search|find)\b/.test(text) && !/\b(?:search|find)\b[^|]*\bin\s*\(/.test(text)) wildcards.push('');
  if (wildcards.length === 0) return [...found.values()];
  const candidates = [...tables.values()].filter((table) =>
    wildcards.some((prefix) => table.name.toLowerCase().startsWith(prefix)),
  );
  const withData = candidates.filter((table) => table.hasData);
  for (const table of withData.length > 0 ? withData : candidates.slice(0, MAX_TABLES_BY_WILDCARD))
    found.set(table.name, table);
  return [...found.values()];
}

const symbols = new WeakMap<TableSchema, KnownTable>();

/** The analyser's symbol of a table: made once for each schema. */
function symbolOf(name: string, schema: TableSchema): KnownTable {
  let symbol = symbols.get(schema);
  if (!symbol || symbol.name !== name) {
    symbol = language().table(name, schema as readonly { name: string; type: KqlType }[]);
    symbols.set(schema, symbol);
  }
  return symbol;
}

export function globalsOf(
  tables: readonly { readonly name: string; readonly schema: TableSchema }[],
  functions: readonly FunctionSignature[],
): Globals {
  return language().globals(
    tables.map(({ name, schema }) => symbolOf(name, schema)),
    functions,
  );
}

/** Stored functions that a text mentions, and those that they mention. */
export function mentionedFunctions(
  text: string,
  functions: ReadonlyMap<string, FunctionSignature>,
): FunctionSignature[] {
  const found = new Map<string, FunctionSignature>();
  const visit = (body: string) => {
    for (const name of mentionedNames(body)) {
      const signature = functions.get(name);
      if (!signature || found.has(name)) continue;
      found.set(name, signature);
      visit(signature.body);
    }
  };
  visit(text);
  return [...found.values()];
}

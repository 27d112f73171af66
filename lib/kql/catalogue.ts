import { sqlName } from '../tables/duckdb.ts';
import type { KqlType, TableSchema } from '../tables/index.ts';
import { WORKING_TYPES } from '../tables/parquet-form.ts';
import { type FunctionSignature, type Globals, type KnownTable, language } from './language/language.ts';

/** Tables by name with their columns: what `content/schemas` and `--schemas` hold. */
export interface SchemaMap {
  get(name: string): TableSchema | undefined;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** A table that a query may name. */
export interface CatalogueTable {
  readonly name: string;
  readonly schema: TableSchema;
  /** The SQL relation with its rows in working form. */
  readonly relation: string;
  readonly hasData: boolean;
  /** Its rows are in other tables too: wildcards pass over it. */
  readonly isView?: boolean;
}

/** What a query may name: the tables of this run, and those that are known by schema alone. */
export class Catalogue {
  readonly #tables: ReadonlyMap<string, CatalogueTable>;
  readonly #schemas: readonly SchemaMap[];
  readonly #made = new Map<string, CatalogueTable>();

  constructor(tables: ReadonlyMap<string, CatalogueTable>, schemas: readonly SchemaMap[]) {
    this.#tables = tables;
    this.#schemas = schemas;
  }

  get(name: string): CatalogueTable | undefined {
    const known = this.#tables.get(name) ?? this.#made.get(name);
    if (known) return known;
    const schema = this.#schemas.find((schemas) => schemas.has(name))?.get(name);
    if (!schema) return undefined;
    const table = { name, schema, relation: emptyRelation(schema), hasData: false };
    this.#made.set(name, table);
    return table;
  }

  has(name: string): boolean {
    return this.#tables.has(name) || this.#schemas.some((schemas) => schemas.has(name));
  }

  names(): ReadonlySet<string> {
    return new Set([...this.#tables.keys(), ...this.#schemas.flatMap((schemas) => [...schemas.keys()])]);
  }
}

/** A relation without rows, in working form. */
export function emptyRelation(schema: TableSchema): string {
  const items = schema.map(({ name, type }) => `CAST(NULL AS ${WORKING_TYPES[type]}) AS ${sqlName(name)}`);
  return `(SELECT ${items.join(', ') || '1'} WHERE false)`;
}

const FUZZY = /\b(?:union|search|find)\b/;
/** After `union`'s own parameters a star is no multiplication. */
const UNION_WILDCARD = /\bunion\s+(?:[\w.]+\s*=\s*[\w.]+\s+)+([A-Za-z_]\w*\*|\*)/g;
const MAX_TABLES_BY_WILDCARD = 30;
const MAX_CANDIDATES = 2000;

/** Names that a text mentions, wherever: a cheap over-estimate that keeps the analyser's tables few. */
export function mentionedNames(text: string): ReadonlySet<string> {
  const names = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  for (const [, name] of text.matchAll(/\[\s*['"]([^'"\]]+)['"]\s*\]/g)) names.add(name!);
  for (const [, name] of text.matchAll(/['"](https?:\/\/[^'"\s]+)['"]/g)) names.add(name!.split(/[;?]/)[0]!);
  return names;
}

/** Which tables a query may mean. A `union *` over a thousand wide tables would keep the analyser busy for minutes. */
export function mentionedTables(text: string, tables: Catalogue): CatalogueTable[] {
  const names = mentionedNames(text);
  const hidden = HIDDEN_COLUMNS.filter(({ name }) => names.has(name));
  const found = tablesOf(text, names, tables);
  return hidden.length === 0 ? found : found.map((table) => withHiddenColumns(table, hidden));
}

/** Columns of every table of Log Analytics that show only where a query names them. */
const HIDDEN_COLUMNS = [
  { name: '_ItemId', type: 'string' },
  { name: '_TimeReceived', type: 'datetime' },
] as const;

function withHiddenColumns(table: CatalogueTable, hidden: TableSchema): CatalogueTable {
  const own = new Set(table.schema.map(({ name }) => name));
  const added = hidden.filter(({ name }) => !own.has(name));
  if (added.length === 0 || !own.has('TenantId')) return table;
  const items = added.map(({ name, type }) => `CAST(NULL AS ${WORKING_TYPES[type]}) AS ${sqlName(name)}`);
  const relation = `(SELECT *, ${items.join(', ')} FROM ${table.relation})`;
  return { ...table, schema: [...table.schema, ...added], relation };
}

function tablesOf(text: string, names: ReadonlySet<string>, tables: Catalogue): CatalogueTable[] {
  const found = new Map([...names].flatMap((name) => (tables.has(name) ? [[name, tables.get(name)!] as const] : [])));
  if (!FUZZY.test(text)) return [...found.values()];
  const wildcards = [...text.matchAll(/(?<![\w)\]'"]\s*)([A-Za-z_]\w*\*|\*)(?=\s*(?:[|,)\n]|$))/g)].map((match) =>
    match[1]!.slice(0, -1).toLowerCase(),
  );
  for (const [, pattern] of text.matchAll(UNION_WILDCARD)) wildcards.push(pattern!.slice(0, -1).toLowerCase());
  if (/\b(?:search|find)\b/.test(text) && !/\b(?:search|find)\b[^|]*\bin\s*\(/.test(text)) wildcards.push('');
  if (wildcards.length === 0) return [...found.values()];
  const candidates = [...tables.names()]
    .filter((name) => wildcards.some((prefix) => name.toLowerCase().startsWith(prefix)))
    .slice(0, MAX_CANDIDATES)
    .map((name) => tables.get(name)!);
  const withData = candidates.filter((table) => table.hasData && !table.isView);
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

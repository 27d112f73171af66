import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { KQL_TYPES, type KqlType, type TableSchema } from '../tables/index.ts';
import type { SchemaMap } from './catalogue.ts';

const OTHER_NAMES: Readonly<Record<string, KqlType>> = {
  double: 'real',
  boolean: 'bool',
  bigint: 'long',
  int64: 'long',
  int32: 'int',
  integer: 'int',
  date: 'datetime',
  time: 'timespan',
  object: 'dynamic',
  json: 'dynamic',
  list: 'dynamic',
  uniqueid: 'guid',
  enum: 'string',
  enumerated: 'string',
};

/** KQL's type for one as the reference or the service's API spells it; undefined if it is none. */
export function kqlTypeOfReference(text: string): KqlType | undefined {
  const name = text.trim().toLowerCase();
  return (KQL_TYPES as readonly string[]).includes(name) ? (name as KqlType) : OTHER_NAMES[name];
}

/** Schemas as a file: one table a line, its columns as `name:type` apart by spaces. */
export function formatSchemas(schemas: ReadonlyMap<string, TableSchema>): string {
  const lines = [...schemas]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, schema]) =>
        `${JSON.stringify(name)}: ${JSON.stringify(schema.map((column) => `${column.name}:${column.type}`).join(' '))}`,
    );
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** The columns of one line of such a file. */
export function parseSchemaLine(line: string): TableSchema {
  return line.split(' ').map((column) => {
    const at = column.lastIndexOf(':');
    return { name: column.slice(0, at), type: column.slice(at + 1) as KqlType };
  });
}

/** Schemas that are parsed when they are first asked for: a query needs two of seven hundred. */
function lazySchemas(lines: ReadonlyMap<string, string>): SchemaMap {
  const parsed = new Map<string, TableSchema>();
  return {
    get(name) {
      const line = lines.get(name);
      if (line !== undefined && !parsed.has(name)) parsed.set(name, parseSchemaLine(line));
      return parsed.get(name);
    },
    has: (name) => lines.has(name),
    keys: () => lines.keys(),
  };
}

function readLines(file: string): Record<string, string> {
  return JSON.parse(readFileSync(join(packageRoot(), 'content', 'schemas', file), 'utf8')) as Record<string, string>;
}

/** What every table of Log Analytics has, also where its page of the reference leaves it out (`AzureDiagnostics`). */
const STANDARD_COLUMNS = ['TenantId:string', 'TimeGenerated:datetime', 'Type:string'];

function withStandardColumns(line: string): string {
  const known = new Set(line.toLowerCase().split(' '));
  return [line, ...STANDARD_COLUMNS.filter((column) => !known.has(column.toLowerCase()))].join(' ');
}

let reference: SchemaMap | undefined;

/**
 * The tables of Microsoft's reference: those of Log Analytics (Sentinel), and those of Defender's advanced hunting.
 * A table that both have has the columns of both.
 */
export function referenceSchemas(): SchemaMap {
  if (reference) return reference;
  const lines = new Map(
    Object.entries(readLines('azure-monitor.json')).map(([name, line]) => [name, withStandardColumns(line)]),
  );
  for (const [name, line] of Object.entries(readLines('defender.json'))) {
    const own = lines.get(name);
    if (own === undefined) lines.set(name, line);
    else {
      const known = new Set(own.split(' ').map((column) => column.slice(0, column.lastIndexOf(':')).toLowerCase()));
      const more = line
        .split(' ')
        .filter((column) => !known.has(column.slice(0, column.lastIndexOf(':')).toLowerCase()));
      lines.set(name, [own, ...more].join(' '));
    }
  }
  reference = lazySchemas(lines);
  return reference;
}

/** Schemas as `--schemas` takes them: `{table: {column: type}}`. */
export function schemasOfJson(text: string): ReadonlyMap<string, TableSchema> {
  const tables = JSON.parse(text) as Record<string, Record<string, string>>;
  return new Map(
    Object.entries(tables).map(([name, columns]) => [
      name,
      Object.entries(columns).map(([column, type]) => ({ name: column, type: kqlTypeOfReference(type) ?? 'dynamic' })),
    ]),
  );
}

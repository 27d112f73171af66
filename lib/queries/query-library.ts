import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { loadSettings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import type { KqlValue } from '../kql/index.ts';
import { packageRoot } from '../paths.ts';
import { readYaml } from '../read-yaml.ts';
import { KQL_TYPES } from '../tables/index.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]);

const querySchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'lower-case letters, digits and "-"'),
  description: z.string().min(1).max(1000),
  /** The tables that it reads, for the catalogue. */
  tables: z.array(z.string()).min(1),
  parameters: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/),
      z.strictObject({ type: z.enum(KQL_TYPES), default: scalar.optional(), description: z.string().default('') }),
    )
    .default({}),
  kql: z.string().min(1).max(100_000),
});

/** The shape of a file of queries. */
export const queryFileSchema = z.strictObject({ queries: z.array(querySchema).min(1) });

/** A query by name: KQL text with typed parameters. */
export type StoredQuery = z.output<typeof querySchema>;

/** The queries of `content/queries` and of the folders that the setting `queryFolders` names; a later one of the same name wins. */
export function listQueries(env: Readonly<Record<string, string | undefined>> = process.env): StoredQuery[] {
  const folders = [
    join(packageRoot(), 'content', 'queries'),
    ...loadSettings({ env }).queryFolders.map((folder) => resolve(folder)),
  ];
  const found = new Map<string, StoredQuery>();
  for (const folder of folders) {
    for (const file of yamlFiles(folder)) {
      const { queries } = readYaml(readFileSync(file, 'utf8'), relative(folder, file), queryFileSchema);
      for (const query of queries) found.set(query.name, query);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function yamlFiles(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
    return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch (error) {
    throw new TrailhoundError('not-found', `the folder of queries ${folder} cannot be read`, { cause: error });
  }
}

/**
 * A named query as KQL that declares its parameters, with the values to bind. What is not given takes its default.
 *
 * @throws `not-found`: there is no such query · `usage`: a parameter is unknown, or has neither value nor default
 */
export function boundQuery(
  name: string,
  given: Readonly<Record<string, KqlValue>>,
): { kql: string; parameters: Record<string, KqlValue> } {
  const queries = listQueries();
  const query = queries.find((each) => each.name === name);
  if (!query) {
    throw new TrailhoundError('not-found', `there is no query "${name.slice(0, 100)}"`, {
      hint: `There are: ${queries.map((each) => each.name).join(', ')}`,
    });
  }
  const declared = Object.entries(query.parameters);
  const unknown = Object.keys(given).filter((each) => !Object.hasOwn(query.parameters, each));
  if (unknown.length > 0) {
    throw new TrailhoundError('usage', `query ${name} has no parameter "${unknown.join('", "')}"`, {
      hint: `It has: ${declared.map(([each]) => each).join(', ') || 'none'}`,
    });
  }
  const parameters: Record<string, KqlValue> = {};
  for (const [parameter, { type, default: fallback }] of declared) {
    const value = Object.hasOwn(given, parameter) ? given[parameter] : (fallback as KqlValue | undefined);
    if (value === undefined)
      throw new TrailhoundError('usage', `query ${name} needs a value for "${parameter}" (${type})`);
    parameters[parameter] = value;
  }
  const header = declared.map(([parameter, { type }]) => `${parameter}:${type}`).join(', ');
  return { kql: header === '' ? query.kql : `declare query_parameters(${header});\n${query.kql}`, parameters };
}

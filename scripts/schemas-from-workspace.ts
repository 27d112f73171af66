/**
 * Refreshes table schemas from a workspace's own tables: names and types of columns, custom tables included.
 *
 *   node scripts/schemas-from-workspace.ts --workspace /subscriptions/…/workspaces/NAME --out FILE
 *
 * Needs a credential with `Microsoft.OperationalInsights/workspaces/tables/read` (`az login` will do). `--endpoint`
 * names the Resource Manager of another cloud.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatSchemas, kqlTypeOfReference } from '../lib/kql/schemas.ts';
import type { TableSchema } from '../lib/tables/index.ts';

const API_VERSION = '2023-09-01';
const DEFAULT_ENDPOINT = 'https://management.azure.com';

interface WorkspaceTable {
  readonly name: string;
  readonly properties: {
    readonly schema: {
      readonly standardColumns?: readonly { readonly name: string; readonly type: string }[];
      readonly columns?: readonly { readonly name: string; readonly type: string }[];
    };
  };
}

/** The schemas that an answer of the tables API holds. */
export function schemasOfTables(tables: readonly WorkspaceTable[]): Map<string, TableSchema> {
  return new Map(
    tables.map(({ name, properties: { schema } }) => [
      name,
      [...(schema.standardColumns ?? []), ...(schema.columns ?? [])].flatMap((column) => {
        const type = kqlTypeOfReference(column.type);
        return type ? [{ name: column.name, type }] : [];
      }),
    ]),
  );
}

/** Asks the workspace; `fetch` and the token are the caller's. */
export async function readWorkspaceTables(
  endpoint: string,
  workspace: string,
  token: string,
): Promise<Map<string, TableSchema>> {
  const response = await fetch(`${endpoint}${workspace}/tables?api-version=${API_VERSION}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok)
    throw new Error(`the tables API answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  const { value } = (await response.json()) as { value: WorkspaceTable[] };
  return schemasOfTables(value);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      out: { type: 'string' },
      endpoint: { type: 'string', default: DEFAULT_ENDPOINT },
    },
  });
  if (!values.workspace || !values.out) {
    console.error('usage: node scripts/schemas-from-workspace.ts --workspace RESOURCE_ID --out FILE [--endpoint URL]');
    process.exit(2);
  }
  const { DefaultAzureCredential } = await import('@azure/identity');
  const { token } = await new DefaultAzureCredential().getToken(`${values.endpoint}/.default`);
  const schemas = await readWorkspaceTables(values.endpoint, values.workspace, token);
  writeFileSync(values.out, formatSchemas(schemas));
  console.error(`${schemas.size} tables`);
}

import { playbookCatalog } from './playbooks.ts';
import { providerCatalog } from './providers.ts';
import { queryCatalog } from './queries.ts';
import { tableCatalog } from './tables.ts';
import { typeText, verbCatalog } from './verbs.ts';

export type { PlaybookEntry } from './playbooks.ts';
export type { ProviderEntry } from './providers.ts';
export type { QueryEntry } from './queries.ts';
export type { TableEntry } from './tables.ts';
export type { JsonSchema, ParameterEntry, VerbEntry } from './verbs.ts';
export { playbookCatalog, providerCatalog, queryCatalog, tableCatalog, typeText, verbCatalog };

/** What there is, by kind: one source for the command line, the API and the generated docs. */
export const catalogs = {
  verbs: verbCatalog,
  queries: queryCatalog,
  playbooks: playbookCatalog,
  providers: providerCatalog,
  tables: tableCatalog,
} as const satisfies Readonly<Record<string, () => readonly { readonly name: string }[]>>;

export type CatalogKind = keyof typeof catalogs;

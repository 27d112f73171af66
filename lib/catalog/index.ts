import { playbookCatalog } from './playbooks.ts';
import { providerCatalog } from './providers.ts';
import { typeText, verbCatalog } from './verbs.ts';

export type { PlaybookEntry } from './playbooks.ts';
export type { ProviderEntry } from './providers.ts';
export type { JsonSchema, ParameterEntry, VerbEntry } from './verbs.ts';
export { playbookCatalog, providerCatalog, typeText, verbCatalog };

/** What there is, by kind: one source for the command line, the API and the generated docs. */
export const catalogs = {
  verbs: verbCatalog,
  playbooks: playbookCatalog,
  providers: providerCatalog,
} as const satisfies Readonly<Record<string, () => readonly { readonly name: string }[]>>;

export type CatalogKind = keyof typeof catalogs;

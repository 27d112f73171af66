import { type Catalogue, globalsOf, mentionedTables } from './catalogue.ts';
import { type CompletionItem, language } from './language/language.ts';

/** What the analyser offers at a place in a query: operators, functions, and the columns that are there. */
export function completeKql(text: string, position: number, tables: Catalogue): readonly CompletionItem[] {
  const known = mentionedTables(text, tables);
  const items = language().complete(text, position, globalsOf(known, []));
  if (/\|/.test(text.slice(0, position))) return items;
  const names = [...tables.names()].map((name) => ({ text: name, kind: 'Table' }));
  return [...names, ...items.filter((item) => item.kind !== 'Table')];
}

import type { Analysis, Diagnostic } from './language/language.ts';
import { kindOf, mustPart, nameOf, part, type SyntaxNode, textOf, walk } from './language/syntax.ts';
import { isWatchlistTable } from './rewrites.ts';

/**
 * Nothing is known of a watchlist that is not registered but what every watchlist has: the columns that the query names
 * are taken for granted. All columns of a watchlist are texts.
 *
 * @returns the new columns of each such watchlist's table; empty if the unknown names have nothing to do with one.
 */
export function namedWatchlistColumns(
  { root, text }: Analysis,
  errors: readonly Diagnostic[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const unknown = errors.filter(({ code }) => code === 'KS142');
  if (unknown.length === 0 || !text.includes('watchlist:')) return found;
  const byStart = new Map<number, SyntaxNode>();
  const lets = new Map<string, SyntaxNode>();
  walk(root, (node) => {
    if (kindOf(node) === 'NameReference') byStart.set(node.TextStart, node);
    if (kindOf(node) === 'LetStatement') lets.set(nameOf(mustPart(node, 'Name')), mustPart(node, 'Expression'));
  });
  for (const { start } of unknown) {
    const node = byStart.get(start);
    for (const table of node ? tablesBefore(node, lets) : []) {
      found.set(table, (found.get(table) ?? new Set()).add(nameOf(node!)));
    }
  }
  return found;
}

/** The watchlists that the nearest pipe with one hands to the operator around a node. */
function tablesBefore(node: SyntaxNode, lets: ReadonlyMap<string, SyntaxNode>): ReadonlySet<string> {
  const isOfRight = node.Parent !== null && /^\$right\s*\./.test(textOf(node.Parent));
  for (let inner = node, outer = node.Parent; outer; inner = outer, outer = outer.Parent) {
    const right = isOfRight && /^(?:Join|Lookup)Operator$/.test(kindOf(outer)) ? part(outer, 'Expression') : undefined;
    if (right) return watchlistsIn(right, lets, new Set());
    if (kindOf(outer) !== 'PipeExpression' || part(outer, 'Operator')?.TextStart !== inner.TextStart) continue;
    const tables = watchlistsIn(mustPart(outer, 'Expression'), lets, new Set());
    if (tables.size > 0) return tables;
  }
  return new Set();
}

function watchlistsIn(
  source: SyntaxNode,
  lets: ReadonlyMap<string, SyntaxNode>,
  seen: Set<string>,
): ReadonlySet<string> {
  const tables = new Set<string>();
  walk(source, (node) => {
    if (kindOf(node) !== 'NameReference') return;
    const name = nameOf(node);
    if (isWatchlistTable(name)) tables.add(name);
    const declared = lets.get(name);
    if (!declared || seen.has(name)) return;
    seen.add(name);
    for (const table of watchlistsIn(declared, lets, seen)) tables.add(table);
  });
  return tables;
}

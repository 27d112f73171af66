import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { parseSearch } from './parse-rules.ts';
import type { RuleIssue, Search } from './rule.ts';
import { RuleReader } from './rule-reader.ts';

/** Activity that is known to be good: what it covers is shown as suppressed, with this entry's name. */
export interface AllowListEntry {
  readonly id: string;
  readonly reason: string;
  /** Ids of the rules that it concerns; empty: all. */
  readonly rules: readonly string[];
  /** Conditions on the row, written as a Sigma search. */
  readonly where: Search;
}

/**
 * Reads an allow-list: `entries`, each with `id`, `reason`, `where` (a Sigma search) and, if it concerns certain rules
 * only, `rules`. Issues are collected with line and column; an entry with an issue is not taken.
 */
export function parseAllowList(text: string, file: string): { entries: AllowListEntry[]; issues: RuleIssue[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const reader = new RuleReader(file, lines);
  for (const error of document.errors) reader.reportAt(error.pos[0], error.message.split('\n')[0]!);
  const root = document.contents;
  const items = isMap(root) ? root.get('entries', true) : null;
  if (document.errors.length > 0 || !isSeq(items)) {
    if (document.errors.length === 0) reader.report(root, 'an allow-list is a map with a list of "entries"');
    return { entries: [], issues: reader.issues };
  }
  const entries = (items.items as Node[]).flatMap((item): AllowListEntry[] => {
    const before = reader.issues.length;
    if (!isMap(item)) {
      reader.report(item, 'an entry must be a map');
      return [];
    }
    const id = reader.requiredText(item, 'id');
    const reason = reader.requiredText(item, 'reason');
    const whereNode = item.get('where', true) as Node | undefined;
    const where = whereNode ? parseSearch(whereNode, reader) : null;
    if (!whereNode) reader.report(item, '"where" is missing');
    if (where === null || reader.issues.length > before) return [];
    return [{ id, reason, rules: reader.texts(item, 'rules'), where }];
  });
  return { entries, issues: reader.issues };
}

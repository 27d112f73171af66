import { msFromTicks, type TableSource, ticksFromIso } from '../../tables/index.ts';
import type { AllowListEntry } from './allow-list.ts';
import { correlate } from './correlate.ts';
import { evaluateRule, evaluateSearch } from './evaluate.ts';
import { eventKindOf, fieldsOfKind } from './event-kinds.ts';
import type { CorrelationRule, DetectionRule, Search, SigmaRule } from './rule.ts';
import { RuleTable } from './rule-table.ts';
import { columnOf, shapeFor, type TableShape } from './table-shapes.ts';

/** A row of an input, with the shape by which the rule read it. */
export interface MatchedRow {
  readonly table: RuleTable;
  readonly shape: TableShape;
  readonly row: number;
}

/** One match: a row, or for a correlation the rows that came together. */
export interface RuleMatch {
  readonly rule: SigmaRule;
  readonly rows: readonly MatchedRow[];
  readonly suppressedBy: string | null;
}

/** What became of one rule. */
export interface RuleCoverage {
  readonly rule: SigmaRule;
  /** Names of the tables that it was applied to; empty: there were no events of its kind. */
  readonly tables: readonly string[];
  readonly matches: number;
  readonly suppressed: number;
  /** Fields that a table which it was applied to does not have. */
  readonly missingFields: readonly string[];
}

export interface Detection {
  readonly matches: readonly RuleMatch[];
  readonly coverage: readonly RuleCoverage[];
}

interface Application {
  readonly rule: DetectionRule;
  readonly source: TableSource;
  readonly shape: TableShape;
}

/**
 * Applies rules to tables. Each rule reads the tables whose columns fit its logsource; correlations then read the
 * matches of the rules that they name. Time: rows × fields of the rules that apply.
 */
export async function detect(
  rules: readonly SigmaRule[],
  sources: readonly TableSource[],
  options: { readonly allowList?: readonly AllowListEntry[]; readonly signal?: AbortSignal } = {},
): Promise<Detection> {
  const allowList = options.allowList ?? [];
  const correlations = rules.filter((rule) => rule.kind === 'correlation');
  const silent = new Set(correlations.filter((rule) => !rule.generate).flatMap((rule) => rule.rules));
  const found = new Map<SigmaRule, RuleMatch[]>(rules.map((rule) => [rule, []]));
  const tablesOf = new Map<SigmaRule, string[]>(rules.map((rule) => [rule, []]));
  const missing = new Map<SigmaRule, Set<string>>(rules.map((rule) => [rule, new Set()]));
  for (const source of sources) {
    const applications = applicationsOf(rules, source);
    if (applications.length === 0) continue;
    const table = await RuleTable.read(source, columnsOf(applications, allowList, correlations));
    for (const { rule, shape } of applications) {
      options.signal?.throwIfAborted();
      tablesOf.get(rule)!.push(source.name);
      for (const field of fieldsOfRule(rule)) if (!table.column(field, shape)) missing.get(rule)!.add(field);
      const rows = evaluateRule(rule, table, shape);
      const suppressedBy = suppressions(allowList, rule, table, shape);
      for (const row of rows) {
        found.get(rule)!.push({ rule, rows: [{ table, shape, row }], suppressedBy: suppressedBy(row) });
      }
    }
  }
  for (const rule of correlations) found.get(rule)!.push(...matchesOfCorrelation(rule, found));
  return {
    matches: rules.flatMap((rule) => (isSilent(rule, silent) ? [] : found.get(rule)!)),
    coverage: rules.map((rule) => ({
      rule,
      tables: tablesOf.get(rule)!,
      matches: found.get(rule)!.length,
      suppressed: found.get(rule)!.filter((match) => match.suppressedBy !== null).length,
      missingFields: [...missing.get(rule)!].sort(),
    })),
  };
}

/** The time of a matched row in milliseconds since 1970; NaN if it has none. */
export function timeOfRow({ table, shape, row }: MatchedRow): number {
  const value = table.cell('TimeGenerated', shape, row);
  const ticks = typeof value === 'bigint' ? value : typeof value === 'string' ? ticksFromIso(value) : null;
  return ticks === null ? Number.NaN : msFromTicks(ticks);
}

function isSilent(rule: SigmaRule, silent: ReadonlySet<string>): boolean {
  return silent.has(rule.id) || (rule.name !== null && silent.has(rule.name));
}

function applicationsOf(rules: readonly SigmaRule[], source: TableSource): Application[] {
  const columns = new Set(source.schema.map((column) => column.name));
  return rules.flatMap((rule) => {
    const shape = rule.kind === 'detection' ? shapeFor(rule.logsource, columns) : null;
    return rule.kind === 'detection' && shape ? [{ rule, source, shape }] : [];
  });
}

/** The columns that the rules, the allow-list and the findings need of a source. */
function columnsOf(
  applications: readonly Application[],
  allowList: readonly AllowListEntry[],
  correlations: readonly CorrelationRule[],
): Set<string> {
  const wanted = new Set<string>();
  for (const { rule, source, shape } of applications) {
    const names = new Set(source.schema.map((column) => column.name));
    const searches = [...rule.searches.values(), ...allowList.map((entry) => entry.where)];
    const fields = [
      ...searches.flatMap(fieldsOfSearch),
      ...fieldsOfKind(eventKindOf(shape)),
      ...Object.keys(shape.where ?? {}),
      ...(shape.bag === undefined ? [] : [shape.bag]),
      ...correlations.flatMap((correlation) => [...correlation.groupBy, correlation.field ?? '']),
    ];
    for (const field of fields) {
      const column = columnOf(field, shape, names);
      if (column !== null) wanted.add(column);
    }
    if ([...rule.searches.values()].some(hasKeywords)) {
      for (const { name, type } of source.schema) if (type === 'string' || type === 'dynamic') wanted.add(name);
    }
  }
  return wanted;
}

function fieldsOfRule(rule: DetectionRule): Set<string> {
  return new Set([...rule.searches.values()].flatMap(fieldsOfSearch));
}

function fieldsOfSearch(search: Search): string[] {
  if (search.kind !== 'item') return search.parts.flatMap(fieldsOfSearch);
  const { field, test } = search.item;
  return [...(field === null ? [] : [field]), ...(test.kind === 'other-field' ? [test.field] : [])];
}

function hasKeywords(search: Search): boolean {
  return search.kind === 'item' ? search.item.field === null : search.parts.some(hasKeywords);
}

function suppressions(
  allowList: readonly AllowListEntry[],
  rule: SigmaRule,
  table: RuleTable,
  shape: TableShape,
): (row: number) => string | null {
  const concerned = allowList.filter((entry) => entry.rules.length === 0 || entry.rules.includes(rule.id));
  const masks = new Map<AllowListEntry, Uint8Array>();
  return (row) => {
    for (const entry of concerned) {
      let mask = masks.get(entry);
      if (!mask) {
        mask = evaluateSearch(entry.where, table, shape);
        masks.set(entry, mask);
      }
      if (mask[row]) return entry.id;
    }
    return null;
  };
}

/** Matches of a correlation; what an allow-list covers is counted apart, so that it is shown and adds nothing to the rest. */
function matchesOfCorrelation(rule: CorrelationRule, found: ReadonlyMap<SigmaRule, readonly RuleMatch[]>): RuleMatch[] {
  const named = [...found.keys()].filter(
    (other) => rule.rules.includes(other.id) || (other.name !== null && rule.rules.includes(other.name)),
  );
  const rowsBySuppression = new Map<string | null, { ruleIndex: number; row: MatchedRow }[]>();
  named.forEach((other, ruleIndex) => {
    for (const match of found.get(other)!) {
      const rows = rowsBySuppression.get(match.suppressedBy) ?? [];
      rowsBySuppression.set(match.suppressedBy, rows);
      for (const row of match.rows) rows.push({ ruleIndex, row });
    }
  });
  return [...rowsBySuppression].flatMap(([suppressedBy, rows]) => {
    const events = rows.map(({ ruleIndex, row }) => ({
      ruleIndex,
      timeInMs: timeOfRow(row),
      group: groupOf(rule, row).join('\n').toLowerCase(),
      value: rule.field === null ? '' : row.table.text(rule.field, row.shape, row.row).toLowerCase(),
    }));
    return correlate(rule, events).map((span) => ({
      rule,
      rows: span.map((index) => rows[index]!.row),
      suppressedBy,
    }));
  });
}

/** The values of a correlation's `group-by` fields in a row. */
export function groupOf(rule: CorrelationRule, { table, shape, row }: MatchedRow): string[] {
  return rule.groupBy.map((field) => table.text(field, shape, row));
}

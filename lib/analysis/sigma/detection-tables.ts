import { severityOf } from '../../outcome.ts';
import { type Table, type TableSchema, tableFromRows, ticksFromIso } from '../../tables/index.ts';
import { excerptText } from './describe-match.ts';
import { type Detection, type RuleMatch, timeOfRow } from './detect.ts';
import { eventKindOf } from './event-kinds.ts';
import { type SigmaRule, techniquesOf } from './rule.ts';

export const MATCH_COLUMNS: readonly (TableSchema[number] & { description: string })[] = [
  { name: 'TimeGenerated', type: 'datetime', description: 'Time of the row' },
  { name: 'Computer', type: 'string', description: 'Computer of the row' },
  { name: 'User', type: 'string', description: 'User of the row' },
  { name: 'RuleTitle', type: 'string', description: 'Title of the rule' },
  { name: 'RuleId', type: 'string', description: 'Id of the rule' },
  { name: 'RuleLevel', type: 'string', description: 'Level of the rule' },
  { name: 'Techniques', type: 'dynamic', description: 'ATT&CK techniques of the rule, a JSON list' },
  { name: 'Score', type: 'long', description: 'Score of the finding that it is part of, 0 to 100' },
  { name: 'Severity', type: 'string', description: 'What the score stands for' },
  { name: 'Actor', type: 'string', description: 'The process or account that acted' },
  { name: 'Target', type: 'string', description: 'What it acted on' },
  { name: 'Excerpt', type: 'string', description: 'The evidence itself' },
  { name: 'SourceTable', type: 'string', description: 'Table of the row' },
  { name: 'SourceRow', type: 'long', description: '0-based position of the row in it' },
  { name: 'SuppressedBy', type: 'string', description: 'Entry of the allow-list that covers it' },
];

const RULE_COLUMNS: TableSchema = [
  { name: 'RuleTitle', type: 'string' },
  { name: 'RuleId', type: 'string' },
  { name: 'RuleLevel', type: 'string' },
  { name: 'Techniques', type: 'dynamic' },
  { name: 'File', type: 'string' },
  { name: 'Tables', type: 'dynamic' },
  { name: 'Matches', type: 'long' },
  { name: 'Suppressed', type: 'long' },
  { name: 'MissingFields', type: 'dynamic' },
];

/** One row for each row that a rule matched, in order of time; rows of a correlation share its title. */
export function matchTable(matches: readonly RuleMatch[], scoreOf: ReadonlyMap<RuleMatch, number>): Table {
  const rows = matches.flatMap((match) =>
    match.rows.map((matched) => ({ match, matched, timeInMs: timeOfRow(matched) })),
  );
  rows.sort((a, b) => (Number.isNaN(a.timeInMs) ? 1 : Number.isNaN(b.timeInMs) ? -1 : a.timeInMs - b.timeInMs));
  const schema = MATCH_COLUMNS.map(({ name, type }) => ({ name, type }));
  return tableFromRows(
    schema,
    rows.map(({ match, matched }) => {
      const { rule, suppressedBy } = match;
      const score = scoreOf.get(match) ?? 0;
      const { table, shape, row } = matched;
      const kind = eventKindOf(shape);
      const first = (fields: readonly string[]) =>
        fields.map((field) => table.text(field, shape, row)).find((text) => text !== '') ?? null;
      return [
        ticksOf(matched),
        first(['Computer']),
        first(['User']),
        ...headOf(rule),
        score,
        severityOf(score),
        first(kind.actor),
        first(kind.target),
        excerptText(matched),
        table.name,
        row,
        suppressedBy,
      ];
    }),
  );
}

/** One row for each rule: where it was applied, what it found, and which of its fields were not there. */
export function coverageTable(detection: Detection): Table {
  return tableFromRows(
    RULE_COLUMNS,
    detection.coverage.map(({ rule, tables, matches, suppressed, missingFields }) => [
      ...headOf(rule),
      rule.file,
      JSON.stringify(tables),
      matches,
      suppressed,
      JSON.stringify(missingFields),
    ]),
  );
}

function headOf(rule: SigmaRule): [string, string, string, string] {
  return [rule.title, rule.id, rule.level, JSON.stringify(techniquesOf(rule.tags))];
}

function ticksOf({ table, shape, row }: RuleMatch['rows'][number]): bigint | null {
  const value = table.cell('TimeGenerated', shape, row);
  return typeof value === 'bigint' ? value : typeof value === 'string' ? ticksFromIso(value) : null;
}

import { type Evidence, excerptOf, type Finding, severityOf } from '../../outcome.ts';
import { isoFromTicks } from '../../tables/index.ts';
import { basename, generalise } from '../generalise.ts';
import { groupOf, type MatchedRow, type RuleMatch, timeOfRow } from './detect.ts';
import { entitiesOf, eventKindOf, processKeysOf } from './event-kinds.ts';
import { type SigmaLevel, type SigmaRule, techniquesOf } from './rule.ts';

/** Where a level stands on the scale of findings, before rarity and corroboration. */
const LEVEL_SCORES: Readonly<Record<SigmaLevel, number>> = {
  informational: 10,
  low: 30,
  medium: 52,
  high: 74,
  critical: 92,
};
/** A single match gains this much; each tenfold more matches costs 10, each doubling of computers 5. */
const SINGLE_MATCH_BONUS = 5;
const MOST_LOST_BY_FREQUENCY = 30;
const CORROBORATION_BONUS = 4;
const MOST_GAINED_BY_CORROBORATION = 12;
/** From so many computers on, the same observation is told once. */
const COMMON_ON_COMPUTERS = 4;
const MAX_EVIDENCE = 10;
const MAX_FIELD_CHARACTERS = 200;

interface Group {
  readonly rule: SigmaRule;
  readonly matches: RuleMatch[];
  readonly computer: string;
  /** The same, whatever the computer: how common this is. */
  readonly kindKey: string;
  readonly suppressedBy: string | null;
}

/**
 * Findings of matches: those of one rule on one computer that differ only in numbers and ids are one
 * finding, and so are those that many computers share. Its score is the rule's level, less what is common, more where other rules hit the same process.
 */
export function findingsOf(matches: readonly RuleMatch[]): Finding[] {
  const groups = groupMatches(matches);
  const prevalence = prevalenceOf(groups);
  const corroborating = rulesByProcess(groups);
  return joinCommon(groups, prevalence)
    .map((group) => findingOf(group, prevalence.get(group.kindKey)!, corroborating))
    .sort((a, b) => b.score - a.score);
}

function groupMatches(matches: readonly RuleMatch[]): Group[] {
  const groups = new Map<string, Group>();
  const generalised = new Map<string, string>();
  for (const match of matches) {
    const { table, shape, row } = match.rows[0]!;
    const text = (field: string) => table.text(field, shape, row);
    const sameness = match.rule.kind === 'correlation' ? [] : eventKindOf(shape).sameness;
    const parts = sameness.map((field) => {
      const value = text(field);
      let general = generalised.get(value);
      if (general === undefined) {
        general = generalise(value);
        generalised.set(value, general);
      }
      return general;
    });
    const kindKey = [match.rule.file, match.rule.id, ...parts].join('\n');
    const computer = text('Computer');
    const span = match.rule.kind === 'correlation' ? String(groups.size) : '';
    const key = [kindKey, computer, match.suppressedBy ?? '', span].join('\n').toLowerCase();
    const group = groups.get(key);
    if (group) group.matches.push(match);
    else {
      groups.set(key, { rule: match.rule, matches: [match], computer, kindKey, suppressedBy: match.suppressedBy });
    }
  }
  return [...groups.values()];
}

/** What is the same on many computers is one finding, not one for each. */
function joinCommon(groups: readonly Group[], prevalence: ReadonlyMap<string, Prevalence>): Group[] {
  const joined = new Map<string, Group>();
  groups.forEach((group, index) => {
    const { size } = prevalence.get(group.kindKey)!.computers;
    const common = size >= COMMON_ON_COMPUTERS && group.rule.kind === 'detection';
    const key = common ? `${group.kindKey}\n${group.suppressedBy ?? ''}` : String(index);
    const known = joined.get(key);
    if (known) known.matches.push(...group.matches);
    else
      joined.set(key, {
        ...group,
        matches: [...group.matches],
        computer: common ? `${size} computers` : group.computer,
      });
  });
  return [...joined.values()];
}

interface Prevalence {
  matches: number;
  readonly computers: Set<string>;
}

function prevalenceOf(groups: readonly Group[]): Map<string, Prevalence> {
  const prevalence = new Map<string, Prevalence>();
  for (const { kindKey, matches, computer } of groups) {
    const known = prevalence.get(kindKey) ?? { matches: 0, computers: new Set<string>() };
    known.matches += matches.length;
    known.computers.add(computer.toLowerCase());
    prevalence.set(kindKey, known);
  }
  return prevalence;
}

/** Which rules hit each process; what is suppressed lends no weight. */
function rulesByProcess(groups: readonly Group[]): Map<string, Set<SigmaRule>> {
  const rules = new Map<string, Set<SigmaRule>>();
  for (const { rule, matches, suppressedBy } of groups) {
    if (suppressedBy !== null) continue;
    for (const match of matches) {
      for (const { table, shape, row } of match.rows) {
        for (const key of processKeysOf(table, shape, row)) {
          const known = rules.get(key);
          if (known) known.add(rule);
          else rules.set(key, new Set([rule]));
        }
      }
    }
  }
  return rules;
}

function findingOf(
  group: Group,
  prevalence: Prevalence,
  rulesOf: ReadonlyMap<string, ReadonlySet<SigmaRule>>,
): Finding {
  const { rule, matches, computer } = group;
  const rows = matches.flatMap((match) => match.rows);
  const others = new Set<SigmaRule>();
  for (const { table, shape, row } of rows) {
    for (const key of processKeysOf(table, shape, row)) for (const other of rulesOf.get(key) ?? []) others.add(other);
  }
  others.delete(rule);
  const common = 10 * Math.log10(prevalence.matches) + 5 * Math.log2(prevalence.computers.size);
  const rarity = Math.max(-MOST_LOST_BY_FREQUENCY, SINGLE_MATCH_BONUS - common);
  const corroboration = Math.min(MOST_GAINED_BY_CORROBORATION, others.size * CORROBORATION_BONUS);
  const score = Math.max(0, Math.min(100, Math.round(LEVEL_SCORES[rule.level] + rarity + corroboration)));
  const first = rows[0]!;
  return {
    score,
    severity: severityOf(score),
    title: titleOf(rule, first, computer),
    reason: reasonOf(rule, first, prevalence, others, rows.length),
    techniques: techniquesOf(rule.tags),
    entities: distinctEntities(rows),
    evidence: rows.slice(0, MAX_EVIDENCE).map(evidenceOf),
    ...(group.suppressedBy === null ? {} : { suppressedBy: group.suppressedBy }),
  };
}

function titleOf(rule: SigmaRule, matched: MatchedRow, computer: string): string {
  const { table, shape, row } = matched;
  const kind = eventKindOf(shape);
  const first = (fields: readonly string[]) =>
    fields.map((field) => table.text(field, shape, row)).find((text) => text !== '' && text !== '-') ?? '';
  const group =
    rule.kind === 'correlation'
      ? groupOf(rule, matched).filter((text) => text.toLowerCase() !== computer.toLowerCase())
      : [];
  const who = rule.kind === 'correlation' ? group.join(', ') : basename(first(kind.actor));
  const what = rule.kind === 'correlation' ? '' : basename(first(kind.target));
  const subject = [who, what].filter((text) => text !== '').join(' → ');
  return `${rule.title}${subject ? `: ${shorten(subject, 120)}` : ''}${computer ? ` on ${computer}` : ''}`;
}

function reasonOf(
  rule: SigmaRule,
  { table, shape, row }: MatchedRow,
  prevalence: Prevalence,
  others: ReadonlySet<SigmaRule>,
  rowCount: number,
): string {
  const sentences = [rule.description.trim().replace(/\s+/g, ' ').replace(/\.$/, '')];
  const parent = table.text('ParentImage', shape, row);
  if (parent !== '') {
    const command = table.text('ParentCommandLine', shape, row);
    sentences.push(`Started by ${parent}${command ? ` (${shorten(command, MAX_FIELD_CHARACTERS)})` : ''}`);
  }
  if (rule.kind === 'correlation') sentences.push(`${rowCount} events within ${spanInWords(rule.timespanInMs)}`);
  const times = prevalence.matches === 1 ? 'once' : `${prevalence.matches.toLocaleString('en-US')} times`;
  const computers = prevalence.computers.size;
  sentences.push(
    `This kind was matched ${times}${computers > 1 ? `, on ${computers} computers` : ''} among ${table.rowCount.toLocaleString('en-US')} rows of ${table.name}`,
  );
  if (others.size > 0) {
    const titles = [...others].map((other) => `“${other.title}”`).sort();
    const named = titles.slice(0, 4).join(', ');
    sentences.push(
      `The same process also matched ${named}${titles.length > 4 ? ` and ${titles.length - 4} more` : ''}`,
    );
  }
  if (rule.falsePositives.length > 0) sentences.push(`Can be harmless: ${rule.falsePositives.join('; ')}`);
  return `${sentences.filter((sentence) => sentence !== '').join('. ')}.`;
}

function spanInWords(timespanInMs: number): string {
  const minutes = timespanInMs / 60_000;
  return minutes >= 1 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${timespanInMs / 1000} seconds`;
}

function evidenceOf(matched: MatchedRow): Evidence {
  const { table, row } = matched;
  const time = table.cell('TimeGenerated', matched.shape, row);
  return {
    table: table.name,
    row,
    time: typeof time === 'bigint' ? isoFromTicks(time) : Number.isNaN(timeOfRow(matched)) ? null : String(time),
    excerpt: excerptText(matched),
  };
}

/** The evidence itself, in one line: the fields that matter for its kind of event. */
export function excerptText({ table, shape, row }: MatchedRow): string {
  const { excerpt } = eventKindOf(shape);
  const texts = excerpt.map((field) => table.text(field, shape, row)).filter((text) => text !== '' && text !== '-');
  const category = shape.logsource.category;
  if (category === 'process_creation') return excerptOf(texts[0] ?? '');
  if (category === 'process_access') {
    const [source = '', target = '', access = '', trace = ''] = excerpt.map((field) => table.text(field, shape, row));
    return excerptOf(`${source} → ${target} (${access})${trace ? ` ${trace}` : ''}`);
  }
  return excerptOf([...new Set(texts)].join(' · '));
}

function distinctEntities(rows: readonly MatchedRow[]): { kind: string; id: string }[] {
  const entities = new Map<string, { kind: string; id: string }>();
  for (const { table, shape, row } of rows.slice(0, MAX_EVIDENCE)) {
    for (const entity of entitiesOf(table, shape, row)) {
      entities.set(`${entity.kind}\n${entity.id.toLowerCase()}`, entity);
    }
  }
  return [...entities.values()];
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

import { type Finding, severityOf } from '../../outcome.ts';
import { evidenceOf, reasonOf, titleOf } from './describe-match.ts';
import type { MatchedRow, RuleMatch } from './detect.ts';
import { entitiesOf, processKeysOf } from './event-kinds.ts';
import { groupMatches, joinCommon, type MatchGroup, type Prevalence, prevalenceOf } from './group-matches.ts';
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
const MAX_EVIDENCE = 10;

/**
 * Findings of matches: those of one rule on one computer that differ only in numbers and ids are one finding, and so are
 * those that many computers share. Its score is the rule's level, less what is common, more where other rules hit the
 * same process. Each match has the score of its finding.
 */
export function findingsOf(matches: readonly RuleMatch[]): { findings: Finding[]; scoreOf: Map<RuleMatch, number> } {
  const groups = groupMatches(matches);
  const prevalence = prevalenceOf(groups);
  const corroborating = rulesByProcess(groups);
  const scoreOf = new Map<RuleMatch, number>();
  const findings = joinCommon(groups, prevalence).map((group) => {
    const finding = findingOf(group, prevalence.get(group.kindKey)!, corroborating);
    for (const match of group.matches) scoreOf.set(match, finding.score);
    return finding;
  });
  return { findings: findings.sort((a, b) => b.score - a.score), scoreOf };
}

/** Which rules hit each process; what is suppressed lends no weight. */
function rulesByProcess(groups: readonly MatchGroup[]): Map<string, Set<SigmaRule>> {
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
  group: MatchGroup,
  prevalence: Prevalence,
  rulesOf: ReadonlyMap<string, ReadonlySet<SigmaRule>>,
): Finding {
  const { rule, matches } = group;
  const rows = matches.flatMap((match) => match.rows);
  const computers = new Set(rows.map(({ table, shape, row }) => table.text('Computer', shape, row).toLowerCase()));
  const where = computers.size > 1 ? `${computers.size} computers` : group.computer;
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
    title: titleOf(rule, first, where),
    reason: reasonOf(rule, first, prevalence, others, rows.length),
    techniques: techniquesOf(rule.tags),
    entities: distinctEntities(rows),
    evidence: rows.slice(0, MAX_EVIDENCE).map(evidenceOf),
    ...(group.suppressedBy === null ? {} : { suppressedBy: group.suppressedBy }),
  };
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

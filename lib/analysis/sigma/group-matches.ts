import { generalise } from '../generalise.ts';
import type { RuleMatch } from './detect.ts';
import { eventKindOf } from './event-kinds.ts';
import type { SigmaRule } from './rule.ts';

/** From so many computers on, the same observation is told once. */
const COMMON_ON_COMPUTERS = 4;

/** Matches that are one observation. */
export interface MatchGroup {
  readonly rule: SigmaRule;
  readonly matches: RuleMatch[];
  readonly computer: string;
  /** The same, whatever the computer: how common this is. */
  readonly kindKey: string;
  readonly suppressedBy: string | null;
}

/** How common a kind of match is. */
export interface Prevalence {
  matches: number;
  readonly computers: Set<string>;
}

/** Groups the matches of each rule on each computer that differ only in numbers and ids. */
export function groupMatches(matches: readonly RuleMatch[]): MatchGroup[] {
  const groups = new Map<string, MatchGroup>();
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

/** How often each kind was matched, and on how many computers. */
export function prevalenceOf(groups: readonly MatchGroup[]): Map<string, Prevalence> {
  const prevalence = new Map<string, Prevalence>();
  for (const { kindKey, matches, computer } of groups) {
    const known = prevalence.get(kindKey) ?? { matches: 0, computers: new Set<string>() };
    known.matches += matches.length;
    known.computers.add(computer.toLowerCase());
    prevalence.set(kindKey, known);
  }
  return prevalence;
}

/** What is the same on many computers is one finding, not one for each. */
export function joinCommon(groups: readonly MatchGroup[], prevalence: ReadonlyMap<string, Prevalence>): MatchGroup[] {
  const joined = new Map<string, MatchGroup>();
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

import type { CorrelationRule } from './rule.ts';

/** A match of another rule, as a correlation sees it. */
export interface CorrelatedEvent {
  readonly ruleIndex: number;
  readonly timeInMs: number;
  /** Values of the `group-by` fields. */
  readonly group: string;
  /** Value of the counted field. */
  readonly value: string;
}

/**
 * The spans of time in which a correlation holds, as lists of positions in `events`, by group and time. A span begins
 * where the threshold is first met and goes on while events follow within the timespan; spans do not overlap.
 * Sorting aside, linear.
 */
export function correlate(rule: CorrelationRule, events: readonly CorrelatedEvent[]): number[][] {
  const groups = new Map<string, number[]>();
  events.forEach((event, index) => {
    if (Number.isNaN(event.timeInMs)) return;
    const members = groups.get(event.group);
    if (members) members.push(index);
    else groups.set(event.group, [index]);
  });
  return [...groups.values()].flatMap((members) => {
    members.sort((a, b) => events[a]!.timeInMs - events[b]!.timeInMs || a - b);
    return spansOf(rule, events, members);
  });
}

function spansOf(rule: CorrelationRule, events: readonly CorrelatedEvent[], members: readonly number[]): number[][] {
  const spans: number[][] = [];
  const counter = new Counter(rule);
  let first = 0;
  let open: { readonly members: number[]; last: number } | null = null;
  for (let last = 0; last < members.length; last++) {
    const event = events[members[last]!]!;
    counter.add(event);
    while (event.timeInMs - events[members[first]!]!.timeInMs > rule.timespanInMs) {
      counter.remove(events[members[first++]!]!);
    }
    if (counter.count() >= rule.atLeast) {
      if (open && first <= open.last) {
        for (let index = open.last + 1; index <= last; index++) open.members.push(members[index]!);
        open.last = last;
      } else {
        open = { members: members.slice(first, last + 1), last };
        spans.push(open.members);
      }
    }
  }
  return spans;
}

/** What a correlation counts, within a window that moves. */
class Counter {
  readonly #type: CorrelationRule['type'];
  readonly #counts = new Map<string | number, number>();
  #total = 0;

  constructor(rule: CorrelationRule) {
    this.#type = rule.type;
  }

  #keyOf(event: CorrelatedEvent): string | number {
    return this.#type === 'temporal' ? event.ruleIndex : event.value;
  }

  add(event: CorrelatedEvent): void {
    const key = this.#keyOf(event);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#total++;
  }

  remove(event: CorrelatedEvent): void {
    const key = this.#keyOf(event);
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
    this.#total--;
  }

  count(): number {
    return this.#type === 'event_count' ? this.#total : this.#counts.size;
  }
}

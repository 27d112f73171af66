/** A step or task of a random plan, as `tests/local/apps/fuzz.cjs` runs it. */
export type PlanNode =
  | { type: 'act'; ms: number; value: number }
  | { type: 'retry'; ms: number; value: number; key: string; failures: number; delay: number }
  | { type: 'timer'; ms: number }
  | { type: 'child'; plan: PlanNode[] }
  | { type: 'all' | 'any'; children: PlanNode[] }
  | { type: 'caught'; children: PlanNode[] }
  | { type: 'caughtRetry'; attempts: number }
  | { type: 'signal' | 'ask'; key: string }
  | { type: 'race'; child: PlanNode };

/** Makes plans from a seed: the same seed, the same plans. */
export class PlanMaker {
  readonly #prefix: string;
  #state: number;
  #keys = 0;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    this.#prefix = `seed-${seed}`;
  }

  /** A plan, and what it has to give. */
  next(): { plan: PlanNode[]; expected: unknown[] } {
    const plan = this.#plan(0, 3);
    return { plan, expected: plan.map(resultOf) };
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  #many<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.#below(most - least + 1) }, make);
  }

  #plan(depth: number, longest: number): PlanNode[] {
    return this.#many(1, longest, () => this.#step(depth));
  }

  #step(depth: number): PlanNode {
    const kind = this.#below(100);
    if (kind < 8) return { type: 'timer', ms: this.#below(12) };
    // No retries inside: strict mode refuses to go on after such a group has failed.
    if (kind < 15) return { type: 'caught', children: this.#many(1, 3, () => this.#act()) };
    if (kind < 20) return { type: 'caughtRetry', attempts: 1 + this.#below(3) };
    if (kind < 25) return { type: 'signal', key: 'all' };
    if (kind < 28) return { type: 'ask', key: 'all' };
    if (kind < 33) return { type: 'race', child: this.#act() };
    if (kind < 60) return { type: 'all', children: this.#many(1, 4, () => this.#task(depth)) };
    if (kind < 75) return { type: 'any', children: this.#many(2, 3, () => this.#leaf(depth)) };
    return this.#leaf(depth);
  }

  #task(depth: number): PlanNode {
    if (depth >= 3 || this.#below(4) > 0) return this.#leaf(depth);
    const type = this.#below(10) < 7 ? 'all' : 'any';
    return { type, children: this.#many(1, 3, () => this.#task(depth + 1)) };
  }

  #leaf(depth: number): PlanNode {
    const kind = this.#below(100);
    if (kind < 40) return this.#act();
    if (kind < 80 || depth >= 2) {
      return {
        type: 'retry',
        ms: this.#below(3),
        value: this.#below(1000),
        key: `${this.#prefix}-${this.#keys++}`,
        failures: this.#below(4),
        delay: 1 + this.#below(3),
      };
    }
    return { type: 'child', plan: this.#plan(depth + 1, 2) };
  }

  #act(): PlanNode {
    return { type: 'act', ms: this.#below(3), value: this.#below(1000) };
  }
}

function resultOf(node: PlanNode): unknown {
  switch (node.type) {
    case 'act':
    case 'retry':
      return node.value;
    case 'timer':
      return null;
    case 'child':
      return node.plan.map(resultOf);
    case 'all':
      return node.children.map(resultOf);
    case 'any':
      return 'any';
    case 'caught':
    case 'caughtRetry':
      return 'caught';
    case 'signal':
      return 'signal';
    case 'ask':
      return 'asked';
    case 'race':
      return 'raced';
  }
}

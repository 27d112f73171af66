import type { Budget, BudgetKind, Spending } from '../lib/verbs/budget.ts';

const KINDS: readonly BudgetKind[] = ['queries', 'rows', 'lookups'];

/**
 * Shares what is left of a budget among steps that run at the same time: evenly, so that no step's result depends on
 * which of them is faster.
 *
 * @param spends step → what it uses
 */
export function shareBudget(
  left: Budget,
  spends: Readonly<Record<string, readonly BudgetKind[]>>,
): Record<string, Spending> {
  const shares: Record<string, Partial<Record<BudgetKind, number>>> = {};
  for (const step of Object.keys(spends)) shares[step] = {};
  for (const kind of KINDS) {
    const users = Object.keys(spends).filter((step) => spends[step]!.includes(kind));
    users.forEach((step, index) => {
      // What does not divide goes to the first.
      const extra = index < left[kind] % users.length ? 1 : 0;
      shares[step]![kind] = Math.floor(left[kind] / users.length) + extra;
    });
  }
  return shares;
}

/** What is left when steps have used something. */
export function afterSpending(left: Budget, spent: readonly Spending[]): Budget {
  const after = (kind: BudgetKind) =>
    Math.max(
      0,
      spent.reduce((sum, each) => sum - (each[kind] ?? 0), left[kind]),
    );
  return { queries: after('queries'), rows: after('rows'), lookups: after('lookups') };
}

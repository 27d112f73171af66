import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUDGET_KINDS, type Budget } from '../../lib/verbs/budget.ts';
import { afterSpending, shareBudget } from '../../orchestrations/budget.ts';

const amounts = fc.record({ queries: fc.nat(1000), rows: fc.nat(10_000_000), lookups: fc.nat(5000) });
const steps = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.subarray([...BUDGET_KINDS]), { maxKeys: 20 });

describe('a budget', () => {
  it('is given away whole and no more, and evenly', () => {
    fc.assert(
      fc.property(amounts, steps, (left, spends) => {
        const shares = shareBudget(left, spends);
        for (const kind of BUDGET_KINDS) {
          const given = Object.entries(spends).flatMap(([step, kinds]) =>
            kinds.includes(kind) ? [shares[step]![kind]!] : [],
          );
          if (given.length === 0) continue;
          expect(given.reduce((sum, each) => sum + each, 0)).toBe(left[kind]);
          expect(Math.max(...given) - Math.min(...given)).toBeLessThanOrEqual(1);
        }
        for (const [step, kinds] of Object.entries(spends))
          expect(Object.keys(shares[step]!).sort()).toEqual([...kinds].sort());
      }),
    );
  });

  it('never goes below nothing', () => {
    const left: Budget = { queries: 3, rows: 10, lookups: 0 };
    expect(afterSpending(left, [{ queries: 2 }, { queries: 2, rows: 4 }, {}])).toEqual({
      queries: 0,
      rows: 6,
      lookups: 0,
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace, paceOf } from '../../../lib/providers/pace.ts';

describe('a pace', () => {
  it('lets no window hold more calls than it may, and delays none without need', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 50 }), (steps, calls, windowInMs) => {
        const pace = new Pace({ calls, windowInMs });
        const starts: number[] = [];
        let now = 0;
        for (const step of steps) {
          now += step;
          const wait = pace.next(now);
          const bound = starts.at(-calls);
          expect(now + wait).toBe(bound === undefined ? now : Math.max(now, bound + windowInMs));
          starts.push(now + wait);
        }
      }),
    );
  });

  it('is one for a quota', () => {
    const rules = { calls: 1, windowInMs: 1000 };
    expect(paceOf('a quota of this test', rules).next(0)).toBe(0);
    expect(paceOf('a quota of this test', rules).next(0)).toBe(1000);
    expect(paceOf('another quota of this test', rules).next(0)).toBe(0);
  });
});

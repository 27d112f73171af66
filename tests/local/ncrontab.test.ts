import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../local/host/ncrontab.ts';

/** The times at which a schedule is due, from the first second of 2026, a Thursday. */
function due(expression: string, count: number, from = '2025-12-31T23:59:59Z'): string[] {
  const schedule = parseSchedule(expression);
  const times: string[] = [];
  let at = new Date(from);
  for (let index = 0; index < count; index++) {
    at = schedule.next(at);
    times.push(at.toISOString().slice(0, 19));
  }
  return times;
}

describe('a schedule', () => {
  it.each([
    ['0 */5 * * * *', ['2026-01-01T00:00:00', '2026-01-01T00:05:00']],
    ['*/5 * * * *', ['2026-01-01T00:00:00', '2026-01-01T00:05:00']],
    ['30 15,45 9-10 * * *', ['2026-01-01T09:15:30', '2026-01-01T09:45:30', '2026-01-01T10:15:30']],
    ['0 0 12 * * mon-fri', ['2026-01-01T12:00:00', '2026-01-02T12:00:00', '2026-01-05T12:00:00']],
    ['0 0 0 * * 7', ['2026-01-04T00:00:00', '2026-01-11T00:00:00']],
    ['0 0 0 13 * fri', ['2026-02-13T00:00:00', '2026-03-13T00:00:00']],
    ['0 0 0 29 feb *', ['2028-02-29T00:00:00', '2032-02-29T00:00:00']],
    ['0 0 0 31 * *', ['2026-01-31T00:00:00', '2026-03-31T00:00:00', '2026-05-31T00:00:00']],
    ['0 0 0 1 January,Jul *', ['2026-01-01T00:00:00', '2026-07-01T00:00:00']],
    ['10/20 * * * * *', ['2026-01-01T00:00:10', '2026-01-01T00:00:30', '2026-01-01T00:00:50', '2026-01-01T00:01:10']],
    ['01:30:00', ['2026-01-01T01:29:59', '2026-01-01T02:59:59']],
    ['1.00:00:00', ['2026-01-01T23:59:59']],
  ])('%s', (expression, expected) => {
    expect(due(expression, expected.length)).toEqual(expected);
  });

  it.each([
    '',
    '* * *',
    '60 * * * * *',
    '0 0 25 * * *',
    '0 0 0 0 * *',
    '0 0 0 * foo *',
    '5-1 * * * * *',
    '*/0 * * * * *',
    '00:00:00',
    '0 0 0 30 feb *',
  ])('refuses "%s"', (expression) => {
    expect(() => parseSchedule(expression).next(new Date(0))).toThrow(/the schedule ".*" is not valid: /);
  });

  it('is always due later, and at a time that fits', () => {
    const step = fc.integer({ min: 1, max: 30 });
    const time = fc.integer({ min: 0, max: 4e9 });
    fc.assert(
      fc.property(step, step, time, (seconds, minutes, at) => {
        const from = new Date(at * 1000);
        const next = parseSchedule(`*/${seconds} */${minutes} * * * *`).next(from);
        expect(next.getTime()).toBeGreaterThan(from.getTime());
        expect(next.getUTCSeconds() % seconds).toBe(0);
        expect(next.getUTCMinutes() % minutes).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

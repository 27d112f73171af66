import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeOrDuration, parseTime, parseTimeRange } from '../../../lib/providers/time-expression.ts';
import { isoFromTicks } from '../../../lib/tables/index.ts';

const now = Date.UTC(2024, 4, 15, 13, 45, 30, 250); // a Wednesday
const at = (text: string | number) => isoFromTicks(parseTime(text, now)).replace('.0000000Z', 'Z');

describe('times', () => {
  it.each([
    [-1, '2024-05-14T13:45:30.2500000Z'],
    ['-1d', '2024-05-14T13:45:30.2500000Z'],
    ['+2h', '2024-05-15T15:45:30.2500000Z'],
    ['now', '2024-05-15T13:45:30.2500000Z'],
    ['-1w@d', '2024-05-08T00:00:00Z'],
    ['1w@d', '2024-05-23T00:00:00Z'],
    ['-1mon', '2024-04-15T13:45:30.2500000Z'],
    ['-3m', '2024-05-15T13:42:30.2500000Z'],
    ['-1mon@mon', '2024-04-01T00:00:00Z'],
    ['-0d@w', '2024-05-13T00:00:00Z'],
    ['-1y@y', '2023-01-01T00:00:00Z'],
    ['-1D', '2024-05-14T13:45:30.2500000Z'],
    ['- 2 H', '2024-05-15T11:45:30.2500000Z'],
    ['-1MON@Mon', '2024-04-01T00:00:00Z'],
    ['1mon@mon', '2024-07-01T00:00:00Z'],
    ['0', '2024-05-15T13:45:30.2500000Z'],
    [0.5, '2024-05-16T01:45:30.2500000Z'],
    ['2024-05-01T10:00:00+02:00', '2024-05-01T08:00:00Z'],
    ['-1.5h', '2024-05-15T12:15:30.2500000Z'],
    ['2024-05-01T10:00:00.1234567Z', '2024-05-01T10:00:00.1234567Z'],
    ['2024-05-01', '2024-05-01T00:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  it('end months on their last day', () => {
    const march = Date.UTC(2024, 2, 31);
    expect(isoFromTicks(parseTime('-1mon', march))).toBe('2024-02-29T00:00:00.0000000Z');
    expect(isoFromTicks(parseTime('-1y', Date.UTC(2024, 1, 29)))).toBe('2023-02-28T00:00:00.0000000Z');
  });

  it('are never guessed: nonsense is an error with examples', () => {
    for (const text of ['', 'yesterday', '1x', '-1d@q', '2024-13-01', '--1d', '1.5mon', 'P', '-9999999d', '-99999y']) {
      expect(() => at(text), text).toThrow(/is not a time .*-1w@d/);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        try {
          expect(typeof parseTime(text, now)).toBe('bigint');
        } catch (error) {
          expect((error as Error).message).toContain('is not a time');
        }
      }),
    );
  });

  it('make ranges, also of durations', () => {
    const range = (given: Parameters<typeof parseTimeRange>[0]) => {
      const { start, end } = parseTimeRange(given, now);
      return `${isoFromTicks(start)} ${isoFromTicks(end)}`.replaceAll('.2500000Z', '').replaceAll('.0000000Z', '');
    };
    expect(range({ start: '-1d' })).toBe('2024-05-14T13:45:30 2024-05-15T13:45:30');
    expect(range({ start: 'P1DT12H' })).toBe('2024-05-14T01:45:30 2024-05-15T13:45:30');
    expect(range({ start: 'PT1H', end: '2024-05-01T00:00:00Z' })).toBe('2024-04-30T23:00:00 2024-05-01T00:00:00');
    expect(range({ start: 'P1M', end: '2024-03-31' })).toBe('2024-02-29T00:00:00 2024-03-31T00:00:00');
    expect(() => range({ start: 'now', end: '-1d' })).toThrow('does not end after it starts');
    for (const text of ['P', 'PT', 'P7X', 'P9999Y']) expect(() => range({ start: text }), text).toThrow('-1w@d');
    expect(['P7D', 'PT4H', '-1d', -1, 'PT', 'soon'].map(isTimeOrDuration)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('take what is not given from the range around them', () => {
    const within = { start: parseTime('2024-05-01', now), end: parseTime('2024-05-08', now) };
    const range = (given: Parameters<typeof parseTimeRange>[0]) => {
      const { start, end } = parseTimeRange(given, now, within);
      return `${isoFromTicks(start).slice(0, 10)} ${isoFromTicks(end).slice(0, 10)}`;
    };
    expect(range({ start: 'P1D' })).toBe('2024-05-07 2024-05-08');
    expect(range({ start: '2024-05-03' })).toBe('2024-05-03 2024-05-08');
    expect(range({ end: '2024-05-03' })).toBe('2024-05-01 2024-05-03');
    expect(() => parseTimeRange({ end: '2024-05-03' }, now)).toThrow('needs a start');
  });
});

import { describe, expect, it } from 'vitest';
import { isoFromTicks, ticksFromIso } from '../../../lib/tables/index.ts';
import { parseQueryParameters, queryRequestOf } from '../../../lib/verbs/query.ts';

const nowInMs = Date.UTC(2024, 4, 15, 13, 45, 30);
const timeRange = { start: ticksFromIso('2024-05-01')!, end: ticksFromIso('2024-05-08')! };
const asked = (given: Record<string, unknown>, within?: typeof timeRange) =>
  queryRequestOf(parseQueryParameters(given), { nowInMs, timeRange: within });
const rangeOf = (given: Record<string, unknown>, within?: typeof timeRange) => {
  const range = asked({ table: 'T', ...given }, within).timeRange;
  return range && `${isoFromTicks(range.start).slice(0, 16)} ${isoFromTicks(range.end).slice(0, 16)}`;
};

describe('the time range of query.run', () => {
  it('is that of the investigation, or the one that is named', () => {
    expect(rangeOf({})).toBeUndefined();
    expect(rangeOf({}, timeRange)).toBe('2024-05-01T00:00 2024-05-08T00:00');
    expect(rangeOf({ start: '-1d' })).toBe('2024-05-14T13:45 2024-05-15T13:45');
    expect(rangeOf({ start: -1, end: 'now' }, timeRange)).toBe('2024-05-14T13:45 2024-05-15T13:45');
    expect(rangeOf({ start: 'P1D' }, timeRange)).toBe('2024-05-07T00:00 2024-05-08T00:00');
    expect(() => rangeOf({ start: '-1d' }, timeRange)).toThrow('does not end after it starts');
    expect(() => rangeOf({ end: '-1d' })).toThrow('needs a start');
    expect(() => rangeOf({ start: 'yesterday' })).toThrow('-1w@d');
  });
});

describe('parameters of a query', () => {
  const kql = 'declare query_parameters(since:datetime, users:dynamic, host:string);\nT';

  it('may be time expressions and lists between commas', () => {
    const { parameters } = asked({ kql, parameters: { since: '-1w@d', users: "a, x' or 1, b", host: '-1d, x' } });
    expect(parameters).toEqual({
      since: '2024-05-08T00:00:00.0000000Z',
      users: ['a', "x' or 1", 'b'],
      host: '-1d, x',
    });
    expect(asked({ kql, parameters: { since: -1, users: [4688, 'x'] } }).parameters).toEqual({
      since: '2024-05-14T13:45:30.0000000Z',
      users: [4688, 'x'],
    });
    expect(asked({ kql, parameters: { since: '2024-05-01T10:00:00+02:00', users: 'one' } }).parameters).toEqual({
      since: '2024-05-01T08:00:00.0000000Z',
      users: ['one'],
    });
    expect(() => asked({ kql, parameters: { since: '-1x' } })).toThrow('is not a time (for example -1d');
  });

  it('of a stored query are read in the same way', () => {
    const request = asked({ query: 'traffic-to-address', parameters: { addresses: '203.0.113.7, 203.0.113.8' } });
    expect(request.parameters).toMatchObject({ addresses: ['203.0.113.7', '203.0.113.8'] });
  });
});

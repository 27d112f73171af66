import { describe, expect, it } from 'vitest';
import { readParameters } from '../../../lib/providers/query-parameters.ts';

const nowInMs = Date.UTC(2024, 4, 2);
const read = (type: string, value: string | number | readonly string[]) =>
  readParameters(`declare query_parameters(p:${type});\nT`, { p: value }, nowInMs)['p'];

describe('parameters of a query', () => {
  it('are times from now, or times', () => {
    expect(read('datetime', '-1d')).toBe('2024-05-01T00:00:00.0000000Z');
    expect(read('datetime', -1)).toBe('2024-05-01T00:00:00.0000000Z');
    expect(read('datetime', '2024-03-01')).toBe('2024-03-01T00:00:00.0000000Z');
    expect(() => read('datetime', 'yesterdayish')).toThrow(/yesterdayish/);
  });

  it('are lists, written with commas or as JSON', () => {
    expect(read('dynamic', 'a, b')).toEqual(['a', 'b']);
    expect(read('dynamic', 'alone')).toEqual(['alone']);
    expect(read('dynamic', '5')).toEqual(['5']);
    expect(read('dynamic', '["a, b", "c"]')).toEqual(['a, b', 'c']);
    expect(read('dynamic', '[1, 2]')).toEqual([1, 2]);
    expect(read('dynamic', ['x', 'y, z'])).toEqual(['x', 'y, z']);
    expect(read('dynamic', '{"a": [1, 2]}')).toBe('{"a": [1, 2]}');
  });

  it('stay as they are where the type is another', () => {
    expect(read('string', 'a, b')).toBe('a, b');
    expect(read('long', 5)).toBe(5);
  });
});

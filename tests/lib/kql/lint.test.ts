import { describe, expect, it } from 'vitest';
import { lintKql } from '../../../lib/kql/index.ts';

describe('lintKql', () => {
  it.each([
    ['SecurityEvent | take 1', ['no-time-filter']],
    ['SecurityEvent | where TimeGenerated > ago(1d) | where Account contains "admin"', ['contains-word']],
    ['SecurityEvent | where TimeGenerated > ago(1d) | where Account contains "ad-min"', []],
    ['search "x"', ['no-time-filter', 'search-everywhere']],
    ['union * | where TimeGenerated > ago(1d)', ['union-everything']],
    ['T | where TimeGenerated > ago(1d) and a matches regex "abc"', ['regex-plain-text']],
    ['T | where TimeGenerated > ago(1d) and a matches regex ".*x+"', ['regex-leading-any']],
    ['T | where TimeGenerated > ago(1d) | join (T) on a', ['join-default-kind']],
    ['T | where TimeGenerated > ago(1d) | join kind=inner (T) on a', []],
    ['T | where TimeGenerated > ago(1d) and tolower(a) == "x"', ['case-folding']],
    ['T | where EventID =~ "4688" and TimeGenerated > ago(1d)', ['caseless-number']],
    ['print 1', []],
    ['T | where (', []],
  ])('%s', (query, rules) => {
    expect(
      lintKql(query)
        .map((remark) => remark.rule)
        .sort(),
    ).toEqual(rules);
  });

  it('places its remarks', () => {
    expect(lintKql('T\n| where TimeGenerated > ago(1d)\n| where a contains "admin"')[0]).toMatchObject({
      line: 3,
      column: 9,
    });
  });
});

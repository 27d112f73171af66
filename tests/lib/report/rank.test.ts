import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, severityOf, type Verdict } from '../../../lib/outcome.ts';
import { mergeVerdicts, rankFindings } from '../../../lib/report/index.ts';

function finding(score: number, title: string, row = 0, suppressedBy?: string): Finding {
  return {
    score,
    severity: severityOf(score),
    title,
    reason: '',
    techniques: [],
    entities: [],
    evidence: [{ table: 'processes', row, time: null, excerpt: '' }],
    ...(suppressedBy ? { suppressedBy } : {}),
  };
}

describe('rankFindings', () => {
  it('puts the highest score first and lists what is suppressed apart', () => {
    const { ranked, suppressed } = rankFindings([finding(10, 'c'), finding(95, 'a'), finding(50, 'b', 0, 'entry 3')]);
    expect(ranked.map(({ rank, title }) => [rank, title])).toEqual([
      [1, 'a'],
      [2, 'c'],
    ]);
    expect(suppressed.map(({ title }) => title)).toEqual(['b']);
  });

  it('counts what two steps say of the same rows once', () => {
    expect(rankFindings([finding(60, 'a'), finding(60, 'a'), finding(60, 'a', 1)]).ranked).toHaveLength(2);
  });

  it('gives the same order for every order of steps', () => {
    const findings = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 })),
    );
    fc.assert(
      fc.property(findings, (items) => {
        const all = items.map(([score, title, row]) => finding(score * 30, title, row));
        const unique = [...new Map(all.map((each) => [JSON.stringify([each.title, each.evidence]), each])).values()];
        expect(rankFindings([...unique].reverse())).toEqual(rankFindings(unique));
      }),
    );
  });
});

describe('mergeVerdicts', () => {
  const verdict = (value: string, said: Verdict['verdict'], score: number, provider: string): Verdict => ({
    type: 'ipv4',
    value,
    verdict: said,
    score,
    sources: [{ provider, verdict: said, detail: '' }],
  });

  it('keeps one verdict for each value: the worst, with all sources', () => {
    const merged = mergeVerdicts([
      verdict('192.0.2.1', 'benign', 5, 'a'),
      verdict('192.0.2.2', 'suspicious', 50, 'a'),
      verdict('192.0.2.1', 'malicious', 90, 'b'),
    ]);
    expect(merged.map(({ value, verdict: said, score }) => [value, said, score])).toEqual([
      ['192.0.2.1', 'malicious', 90],
      ['192.0.2.2', 'suspicious', 50],
    ]);
    expect(merged[0]!.sources.map(({ provider }) => provider)).toEqual(['a', 'b']);
  });
});

import { describe, expect, it } from 'vitest';
import { type Indicator, IndicatorIndex, readIndicatorCsv, readStixBundle } from '../../../lib/threat-intel/index.ts';

const NOW = Date.UTC(2026, 2, 12);

describe('indicators in CSV', () => {
  it('are read under the names that files in the wild use', async () => {
    const { indicators, problems } = await readIndicatorCsv(
      [
        'Indicator Value,IoCType,Severity,Confidence,Description,Valid_Until',
        '203.0.113.0/24,ip,high,,"a net, quoted",2027-01-01T00:00:00Z',
        'EVIL.example.net,domain,warning,55,,',
        'd41d8cd98f00b204e9800998ecf8427e,,malicious,,,',
        'nonsense value,,high,,,',
        '1.2.3.4,ip,green,,,',
        '1.2.3.4,ip,high,900,,',
        '1.2.3.4,ip,high,,,tomorrow',
      ].join('\n'),
      'x.csv',
    );
    expect(indicators.map(({ type, value, verdict, score, source }) => [type, value, verdict, score, source])).toEqual([
      ['ipv4', '203.0.113.0/24', 'malicious', 90, 'x.csv:2'],
      ['dns', 'evil.example.net', 'suspicious', 55, 'x.csv:3'],
      ['md5_hash', 'd41d8cd98f00b204e9800998ecf8427e', 'malicious', 90, 'x.csv:4'],
    ]);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['x.csv:5:', 'x.csv:6:', 'x.csv:7:', 'x.csv:8:']);
  });
});

describe('indicators in STIX 2.1', () => {
  const indicator = (pattern: string, rest: object = {}) => ({
    type: 'indicator',
    id: `indicator--${pattern.length}`,
    pattern,
    pattern_type: 'stix',
    ...rest,
  });
  const read = (...objects: object[]) =>
    readStixBundle(JSON.stringify({ type: 'bundle', id: 'bundle--1', objects }), 'b.json');

  it('are taken where the pattern is a choice of values', () => {
    const { indicators, problems } = read(
      indicator("[ipv4-addr:value = '203.0.113.7']", { indicator_types: ['malicious-activity'], confidence: 77 }),
      indicator("[domain-name:value = 'a.example' OR url:value = 'https://a.example/it\\'s']", { name: 'Two' }),
      indicator("[file:hashes.'SHA-256' = 'AA'] OR [file:hashes.MD5 IN ('b1', 'c2')]", { indicator_types: ['benign'] }),
      indicator("[ipv4-addr:value = '1.1.1.1']", { revoked: true }),
      { type: 'malware', id: 'malware--1', name: 'ignored' },
    );
    expect(problems).toEqual([]);
    expect(indicators.map(({ type, value, verdict, score }) => [type, value, verdict, score])).toEqual([
      ['ipv4', '203.0.113.7', 'malicious', 77],
      ['dns', 'a.example', 'suspicious', 60],
      ['url', "https://a.example/it's", 'suspicious', 60],
      ['sha256_hash', 'aa', 'benign', 10],
      ['md5_hash', 'b1', 'benign', 10],
      ['md5_hash', 'c2', 'benign', 10],
    ]);
  });

  it.each([
    "[ipv4-addr:value = '1.1.1.1' AND network-traffic:dst_port = 80]",
    "[domain-name:value LIKE '%.evil.example']",
    "[ipv4-addr:value = '1.1.1.1'] FOLLOWEDBY [ipv4-addr:value = '2.2.2.2']",
    "[process:name = 'x']",
    "[ipv4-addr:value = '1.1.1.1",
    '',
  ])('%s is named as a problem', (pattern) => {
    const { indicators, problems } = read(indicator(pattern));
    expect(indicators).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it.each(['{', '[]', '{"type":"report"}', 'null'])('%s is no bundle', (text) => {
    expect(readStixBundle(text, 'b.json').problems).toHaveLength(1);
  });
});

describe('IndicatorIndex', () => {
  const entry = (type: Indicator['type'], value: string, rest: Partial<Indicator> = {}): Indicator => ({
    type,
    value,
    verdict: 'malicious',
    score: 90,
    description: 'known',
    source: 'f:1',
    validUntilInMs: null,
    ...rest,
  });
  const index = new IndicatorIndex([
    entry('ipv4', '203.0.113.0/24', { verdict: 'suspicious', score: 60 }),
    entry('ipv4', '203.0.113.77'),
    entry('dns', 'evil.example'),
    entry('dns', 'old.example', { validUntilInMs: NOW - 1 }),
    entry('dns', 'both.example', { verdict: 'benign', score: 5 }),
    entry('dns', 'both.example'),
  ]);

  it.each([
    ['ipv4', '203.0.113.77', 'found', 'malicious'],
    ['ipv4', '203.0.113.5', 'found', 'suspicious'],
    ['ipv4', '203.0.114.5', 'not-found', 'unknown'],
    ['dns', 'www.EVIL.example', 'found', 'malicious'],
    ['dns', 'notevil.example', 'not-found', 'unknown'],
    ['url', 'https://a.evil.example/x', 'found', 'malicious'],
    ['url', 'http://203.0.113.5:8080/x', 'found', 'suspicious'],
    ['dns', 'old.example', 'not-found', 'unknown'],
    ['dns', 'both.example', 'found', 'malicious'],
  ] as const)('%s %s is %s', (type, value, status, verdict) => {
    expect(index.ask({ type, value }, NOW)).toMatchObject({ status, verdict });
  });
});

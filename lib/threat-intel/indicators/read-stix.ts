import { z } from 'zod';
import type { VerdictName } from '../answer.ts';
import { normaliseObservable, type ObservableType } from '../observable.ts';
import { DEFAULT_SCORES, type Indicator, type IndicatorFile } from './indicator.ts';

const indicatorSchema = z.object({
  type: z.literal('indicator'),
  id: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  pattern: z.string().max(100_000),
  pattern_type: z.string().default('stix'),
  indicator_types: z.array(z.string()).default([]),
  confidence: z.number().min(0).max(100).optional(),
  valid_until: z.string().optional(),
  revoked: z.boolean().default(false),
});

const bundleSchema = z.object({ type: z.literal('bundle'), objects: z.array(z.unknown()).default([]) });

/** Object paths of STIX patterns that can be compared here. */
const PATHS: Readonly<Record<string, ObservableType>> = {
  'ipv4-addr:value': 'ipv4',
  'ipv6-addr:value': 'ipv6',
  'domain-name:value': 'dns',
  'url:value': 'url',
  'file:hashes.md5': 'md5_hash',
  'file:hashes.sha-1': 'sha1_hash',
  'file:hashes.sha-256': 'sha256_hash',
  'network-traffic:dst_ref.value': 'ipv4',
  'network-traffic:src_ref.value': 'ipv4',
};

const VERDICTS: Readonly<Record<string, VerdictName>> = {
  'malicious-activity': 'malicious',
  compromised: 'malicious',
  attribution: 'malicious',
  'anomalous-activity': 'suspicious',
  anonymization: 'suspicious',
  benign: 'benign',
};

/**
 * Reads the indicators of a STIX 2.1 bundle. Patterns are taken that compare values of addresses, names, URLs and
 * digests for equality, joined by OR; others (AND, FOLLOWEDBY, LIKE, MATCHES…) say more than one value can, and are
 * named as problems. Revoked indicators are left out.
 *
 * @see https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html
 */
export function readStixBundle(text: string, file: string): IndicatorFile {
  const indicators: Indicator[] = [];
  const problems: string[] = [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { indicators, problems: [`${file}: it is not JSON`] };
  }
  const bundle = bundleSchema.safeParse(json);
  if (!bundle.success) return { indicators, problems: [`${file}: it is no STIX bundle`] };
  for (const object of bundle.data.objects) {
    if ((object as { type?: unknown } | null)?.type !== 'indicator') continue;
    const parsed = indicatorSchema.safeParse(object);
    const id = String((object as { id?: unknown }).id ?? 'an indicator').slice(0, 100);
    if (!parsed.success) problems.push(`${file}: ${id}: ${parsed.error.issues[0]!.path.join('.')} is not as STIX says`);
    else if (!parsed.data.revoked) {
      const values = parsed.data.pattern_type === 'stix' ? readPattern(parsed.data.pattern) : null;
      if (values === null) problems.push(`${file}: ${id}: its pattern is not a choice of single values`);
      else indicators.push(...values.map((value) => indicatorOf(value, parsed.data, `${file}: ${id}`)));
    }
  }
  return { indicators, problems };
}

function indicatorOf(
  value: { type: ObservableType; value: string },
  stix: z.output<typeof indicatorSchema>,
  source: string,
): Indicator {
  const named = stix.indicator_types.map((type) => VERDICTS[type]).filter((verdict) => verdict !== undefined);
  const order: readonly VerdictName[] = ['malicious', 'suspicious', 'benign'];
  const verdict = order.find((name) => named.includes(name)) ?? (named.length === 0 ? 'suspicious' : 'unknown');
  const until = stix.valid_until === undefined ? Number.NaN : Date.parse(stix.valid_until);
  return {
    ...normaliseObservable(value),
    verdict,
    score: verdict === 'benign' ? DEFAULT_SCORES.benign : (stix.confidence ?? DEFAULT_SCORES[verdict]),
    description: [stix.name, stix.description].filter((part) => part).join(': '),
    source,
    validUntilInMs: Number.isNaN(until) ? null : until,
  };
}

const COMPARISON = /^\s*\(*\s*([a-z0-9-]+:[A-Za-z0-9_.'-]+)\s*(=|IN)\s*/;
const TEXT = /^'((?:[^'\\]|\\.)*)'\s*/;

/** The values of a pattern that is a choice of equalities, or null. */
function readPattern(pattern: string): { type: ObservableType; value: string }[] | null {
  const values: { type: ObservableType; value: string }[] = [];
  let rest = pattern;
  for (;;) {
    rest = rest.replace(/^[\s[(]+/, '');
    const comparison = COMPARISON.exec(rest);
    const type = comparison && PATHS[comparison[1]!.replaceAll("'", '').toLowerCase()];
    if (!comparison || !type) return null;
    rest = rest.slice(comparison[0].length);
    const list = comparison[2] === 'IN';
    if (list && !rest.startsWith('(')) return null;
    if (list) rest = rest.slice(1).trimStart();
    for (;;) {
      const text = TEXT.exec(rest);
      if (!text) return null;
      values.push({ type, value: text[1]!.replace(/\\(.)/g, '$1') });
      rest = rest.slice(text[0].length);
      if (!list || !rest.startsWith(',')) break;
      rest = rest.slice(1).trimStart();
    }
    rest = rest.replace(/^[\s\])]+/, '');
    if (rest === '') return values;
    if (!/^OR\b/.test(rest)) return null;
    rest = rest.slice(2);
  }
}

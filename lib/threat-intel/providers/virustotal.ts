import { z } from 'zod';
import { foundAnswer } from '../answer.ts';
import type { Observable, ObservableType } from '../observable.ts';
import type { ProviderDescriptor } from './descriptor.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const count = z.number().nonnegative().default(0);
const attributesSchema = z.object({
  last_analysis_stats: z
    .object({ malicious: count, suspicious: count, harmless: count, undetected: count })
    .default({ malicious: 0, suspicious: 0, harmless: 0, undetected: 0 }),
  last_analysis_date: z.number().optional(),
  as_owner: z.string().optional(),
  country: z.string().optional(),
  meaningful_name: z.string().optional(),
  registrar: z.string().optional(),
  tags: z.array(z.string()).default([]),
  popular_threat_classification: z.object({ suggested_threat_label: z.string().optional() }).optional(),
});
const responseSchema = z.object({ data: z.object({ id: z.string(), attributes: attributesSchema }) });

const COLLECTIONS: Readonly<Record<ObservableType, readonly [api: string, gui: string]>> = {
  ipv4: ['ip_addresses', 'ip-address'],
  ipv6: ['ip_addresses', 'ip-address'],
  dns: ['domains', 'domain'],
  url: ['urls', 'url'],
  md5_hash: ['files', 'file'],
  sha1_hash: ['files', 'file'],
  sha256_hash: ['files', 'file'],
};

/** From so many engines on it is malicious; a single one is often wrong. */
const MALICIOUS_FROM = 2;
/** That many engines without a detection make it benign; fewer say nothing. */
const BENIGN_FROM = 10;

/** VirusTotal's API, version 3. */
export const virustotal: ProviderDescriptor = {
  id: 'virustotal',
  title: 'VirusTotal',
  docs: 'https://docs.virustotal.com/reference/overview',
  baseUrl: 'https://www.virustotal.com/api/v3',
  types: ['ipv4', 'ipv6', 'dns', 'url', 'md5_hash', 'sha1_hash', 'sha256_hash'],
  key: { kind: 'header', name: 'x-apikey' },
  quotas: [
    { requests: 4, perMs: MINUTE },
    { requests: 500, perMs: 24 * HOUR },
  ],
  cache: { foundForMs: 24 * HOUR, notFoundForMs: 3 * HOUR },
  request: (observable) => ({ path: `/${COLLECTIONS[observable.type][0]}/${encodeURIComponent(idOf(observable))}` }),
  read(json, observable) {
    const { id, attributes } = responseSchema.parse(json).data;
    const { malicious, suspicious, harmless, undetected } = attributes.last_analysis_stats;
    const engines = malicious + suspicious + harmless + undetected;
    const bad = malicious + suspicious;
    const verdict =
      bad >= MALICIOUS_FROM
        ? 'malicious'
        : bad > 0
          ? 'suspicious'
          : harmless + undetected >= BENIGN_FROM
            ? 'benign'
            : 'unknown';
    const analysed = attributes.last_analysis_date;
    const detail = [
      `${bad} of ${engines} engines call it malicious or suspicious`,
      attributes.popular_threat_classification?.suggested_threat_label,
      attributes.meaningful_name,
      attributes.as_owner,
      attributes.country,
      attributes.tags.slice(0, 5).join(', '),
      analysed === undefined ? '' : `analysed ${new Date(analysed * 1000).toISOString().slice(0, 10)}`,
    ];
    const reference = `https://www.virustotal.com/gui/${COLLECTIONS[observable.type][1]}/${encodeURIComponent(id)}`;
    // Each engine makes it likelier: 1 → 35, 2 → 58, 5 → 88, 10 → 99.
    return foundAnswer(verdict, 100 * (1 - 0.65 ** bad), detail.filter((part) => part).join('; '), reference);
  },
};

/** A URL's id is the URL in Base64 for URLs, without padding. */
function idOf({ type, value }: Observable): string {
  return type === 'url' ? Buffer.from(value, 'utf8').toString('base64url') : value;
}

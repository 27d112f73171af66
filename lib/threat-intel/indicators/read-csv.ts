import { csvReader } from '../../tables/formats/csv.ts';
import { READER_LIMITS } from '../../tables/formats/record-block.ts';
import { isObservableType, normaliseObservable, type ObservableType, observableTypeOf } from '../observable.ts';
import { DEFAULT_SCORES, type Indicator, type IndicatorFile, verdictOfWord } from './indicator.ts';

/** Names that columns have in the wild, by what they hold. The first that a row has counts. */
const COLUMNS = {
  value: ['value', 'indicator', 'observable', 'ioc', 'indicatorvalue'],
  type: ['type', 'ioctype', 'indicatortype'],
  verdict: ['verdict', 'severity', 'threat', 'classification', 'action'],
  score: ['score', 'confidence'],
  description: ['description', 'detail', 'details', 'title', 'tags', 'comment'],
  validUntil: ['validuntil', 'valid_until', 'expires', 'expirationtime', 'expirationdatetime'],
} as const;

/** Other names of types, as indicator files of Defender and MISP write them. */
const TYPE_ALIASES: Readonly<Record<string, ObservableType>> = {
  ip: 'ipv4',
  ipaddress: 'ipv4',
  'ip-dst': 'ipv4',
  'ip-src': 'ipv4',
  domain: 'dns',
  domainname: 'dns',
  hostname: 'dns',
  md5: 'md5_hash',
  filemd5: 'md5_hash',
  sha1: 'sha1_hash',
  filesha1: 'sha1_hash',
  sha256: 'sha256_hash',
  filesha256: 'sha256_hash',
};

/** Reads indicators from CSV with a header. Rows that cannot be read are named by their line. */
export async function readIndicatorCsv(text: string, file: string): Promise<IndicatorFile> {
  const indicators: Indicator[] = [];
  const problems: string[] = [];
  const log = {
    bad: (line: number, reason: string) => void problems.push(`${file}:${line}: ${reason}`),
    altered: () => {},
  };
  async function* bytes() {
    yield new TextEncoder().encode(text);
  }
  for await (const block of csvReader(',')(bytes(), log, READER_LIMITS, { modifiedInMs: 0 })) {
    const lines = typeof block.text === 'string' ? block.text : new TextDecoder().decode(block.text);
    lines.split('\n').forEach((json, index) => {
      const line = block.lines?.[index] ?? block.firstLine + index;
      const row = lowerKeys(JSON.parse(json) as Record<string, string>);
      const read = readRow(row, `${file}:${line}`);
      if (typeof read === 'string') problems.push(`${file}:${line}: ${read}`);
      else indicators.push(read);
    });
  }
  return { indicators, problems };
}

function readRow(row: ReadonlyMap<string, string>, source: string): Indicator | string {
  const first = (names: readonly string[]) => names.map((name) => row.get(name)).find((text) => text !== undefined);
  const value = first(COLUMNS.value);
  if (value === undefined) return 'it has no value (columns: value, type, verdict, score, description, validUntil)';
  const given = first(COLUMNS.type)?.toLowerCase();
  const network = /^[\d.]+\/\d+$|^[0-9a-f:]+\/\d+$/i.test(value);
  const bare = observableTypeOf(network ? value.slice(0, value.indexOf('/')) : value);
  let type: ObservableType | null = bare;
  if (given !== undefined) type = isObservableType(given) ? given : (TYPE_ALIASES[given] ?? null);
  if (type === 'ipv4' && bare === 'ipv6') type = 'ipv6';
  if (type === null) return `"${(given ?? value).slice(0, 100)}" is of no type that can be looked up`;
  const word = first(COLUMNS.verdict);
  const verdict = word === undefined ? 'malicious' : verdictOfWord(word);
  if (verdict === null) return `"${word!.slice(0, 100)}" is no verdict (malicious, suspicious, benign, unknown)`;
  const score = first(COLUMNS.score) === undefined ? DEFAULT_SCORES[verdict] : Number(first(COLUMNS.score));
  if (!(score >= 0 && score <= 100)) return `the score "${first(COLUMNS.score)}" is not from 0 to 100`;
  const until = first(COLUMNS.validUntil);
  const validUntilInMs = until === undefined ? null : Date.parse(until);
  if (Number.isNaN(validUntilInMs)) return `"${until!.slice(0, 100)}" is no time`;
  const description = first(COLUMNS.description) ?? '';
  return { ...normaliseObservable({ type, value }), verdict, score, description, source, validUntilInMs };
}

function lowerKeys(row: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(row).map(([key, value]) => [key.toLowerCase().replaceAll(' ', ''), value]));
}

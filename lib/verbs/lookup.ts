import { join, resolve } from 'node:path';
import { z } from 'zod';
import { classifyIp, isGloballyReachable } from '../enrichment/ip-type/index.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { packageRoot } from '../paths.ts';
import { cellText, columnFromCells, getColumn, makeTable, type Table, type TableSource } from '../tables/index.ts';
import {
  combineAnswers,
  getThreatIntelProvider,
  type IndicatorIndex,
  indicatorFilesIn,
  isObservableType,
  LOCAL_PROVIDER,
  type LookedUp,
  loadIndicators,
  lookUp,
  OBSERVABLE_TYPES,
  type Observable,
  observableTypeOf,
  type ProviderAccess,
  QuotaCounter,
  severityNameOf,
  THREAT_INTEL_PROVIDERS,
} from '../threat-intel/index.ts';
import type { VerbServices } from './services.ts';
import { defineVerb, type OutputColumn, type Verb } from './verb.ts';

const OUTPUT: readonly OutputColumn[] = [
  { name: 'Observable', type: 'string', description: 'What was looked up' },
  { name: 'IoCType', type: 'string', description: OBSERVABLE_TYPES.join(', ') },
  { name: 'Provider', type: 'string', description: 'Who answered: local (indicator files) or a service' },
  { name: 'Status', type: 'string', description: 'found, not-found, or why there is no answer' },
  { name: 'Verdict', type: 'string', description: 'malicious, suspicious, benign or unknown' },
  { name: 'Score', type: 'long', description: '0 to 100' },
  { name: 'Severity', type: 'string', description: 'high, warning, information or unknown, as MSTICPy names them' },
  { name: 'Detail', type: 'string', description: 'What the source says, in words' },
  { name: 'Reference', type: 'string', description: 'Where to read on' },
  { name: 'AgeInMs', type: 'long', description: 'Age of a remembered answer; empty: asked just now, or from a file' },
];

const MAX_WARNINGS = 20;

/** Quotas are of a service and key, whoever asks: they outlive single look-ups. */
const quotas = new Map<string, QuotaCounter>();

const lookupThreatIntel = defineVerb({
  name: 'lookup.threat-intel',
  summary: 'Ask indicator files and threat-intelligence services about observables',
  description: [
    'Looks each distinct observable up in local indicator files (CSV, STIX 2.1) and in the services that have a key.',
    'Nothing private leaves: addresses that are not on the internet, names without a public domain, names and passwords',
    'in URLs and what `neverSend` lists are not sent. Answers are remembered; their age is shown. A service that is down,',
    'refuses its key or has no quota left gives a warning and a partial result.',
  ].join('\n'),
  entities: ['ip', 'dns', 'url', 'file-hash'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'column', types: ['string'], defaults: ['Observable'] }],
  parameters: z.strictObject({
    column: z.string().min(1).max(200).default('Observable').describe('Column with observables'),
    typeColumn: z
      .string()
      .min(1)
      .max(200)
      .default('IoCType')
      .describe('Column with their types; without it the type is told from the value'),
    types: z
      .array(z.enum(OBSERVABLE_TYPES))
      .default([...OBSERVABLE_TYPES])
      .describe('Types that are looked up'),
    providers: z
      .array(z.string().min(1).max(60))
      .optional()
      .describe('local and names of services; default: all that are set up'),
    neverSend: z.array(z.string().min(1).max(253)).max(1000).default([]).describe('Own domains and addresses'),
    maxObservables: z
      .int()
      .min(1)
      .max(100_000)
      .default(5_000)
      .describe('More than this: the rest is left out, and said so'),
    maxRequests: z.int().min(0).max(10_000).default(100).describe('Requests to each service'),
    maxWaitInMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .default(20_000)
      .describe('How long one look-up waits for a quota; then the service is left'),
  }),
  output: { keepsInput: false, columns: OUTPUT },
  runsIn: 'main',
  spends: ['lookups'],
  example: 'verdicts: { verb: lookup.threat-intel, from: iocs }',
  async run([input], parameters, { services, nowInMs, allowance, signal }) {
    if (!services)
      throw new TrailhoundError('internal', 'lookup.threat-intel needs services, which are not given here');
    const names = parameters.providers ?? [LOCAL_PROVIDER, ...THREAT_INTEL_PROVIDERS.map((provider) => provider.id)];
    const warnings: Warning[] = [];
    const all = await observablesOf(input!, parameters);
    const observables = all.slice(0, parameters.maxObservables);
    if (observables.length < all.length) {
      const message = `there are ${all.length} observables; ${observables.length} were looked up`;
      warnings.push({ code: 'limit', message });
    }
    const indicators = names.includes(LOCAL_PROVIDER) ? await indicatorsOf(services, warnings) : null;
    const providers: ProviderAccess[] = [];
    for (const name of names) {
      if (name === LOCAL_PROVIDER) continue;
      const access = await accessTo(name, services, parameters.maxWaitInMs, signal);
      if (access) providers.push(access);
      else if (parameters.providers) {
        warnings.push({ code: 'not-configured', message: `${name} has no key in the settings and was not asked` });
      }
    }
    // Shared out evenly, so that what is asked does not depend on who answers first.
    const share = Math.floor((allowance?.lookups ?? Number.POSITIVE_INFINITY) / Math.max(1, providers.length));
    const { results, requests, ...outcome } = await lookUp(observables, {
      indicators,
      providers,
      cache: services.cache,
      safety: {
        neverSend: parameters.neverSend,
        isGlobalIp: (text) => isGloballyReachable(classifyIp(text)),
      },
      maxRequests: Math.min(parameters.maxRequests, share),
      nowInMs,
    });
    return {
      table: answerTable(results),
      verdicts: results.map(({ observable, answers }) => combineAnswers(observable, answers)),
      warnings: [...warnings, ...outcome.warnings],
      partial: outcome.partial || observables.length < all.length,
      spent: { lookups: requests },
    };
  },
});

/** The distinct observables of a table, in order of first mention. */
async function observablesOf(
  source: TableSource,
  { column, typeColumn, types }: { column: string; typeColumn: string; types: readonly string[] },
): Promise<Observable[]> {
  const typed = source.schema.some(({ name }) => name === typeColumn);
  const table = await source.read(typed ? [...new Set([column, typeColumn])] : [column]);
  const values = getColumn(table, column);
  const found = new Map<string, Observable>();
  for (let row = 0; row < table.rowCount; row++) {
    const value = cellText(values, row)?.trim();
    if (!value) continue;
    const type = typed ? cellText(getColumn(table, typeColumn), row) : observableTypeOf(value);
    if (type === null || !isObservableType(type) || !types.includes(type)) continue;
    const key = `${type}\n${value}`;
    if (!found.has(key)) found.set(key, { type, value });
  }
  return [...found.values()];
}

/** The indicators of the app and of the files that the settings name. */
async function indicatorsOf(services: VerbServices, warnings: Warning[]): Promise<IndicatorIndex> {
  const set = services.setting('threatIntel.localFiles');
  const own = indicatorFilesIn(join(packageRoot(), 'content', 'indicators'));
  const given = Array.isArray(set) ? set.map((path) => resolve(String(path))) : [];
  const { index, problems } = await loadIndicators([...own, ...given]);
  for (const message of problems.slice(0, MAX_WARNINGS)) warnings.push({ code: 'bad-indicator', message });
  if (problems.length > MAX_WARNINGS) {
    const message = `${problems.length - MAX_WARNINGS} more indicators cannot be read`;
    warnings.push({ code: 'bad-indicator', message });
  }
  return index;
}

/** What it takes to ask a service, or null if it is not set up. */
export async function accessTo(
  id: string,
  services: Pick<VerbServices, 'setting' | 'secret' | 'fetch'>,
  maxWaitInMs: number,
  signal: AbortSignal,
): Promise<ProviderAccess | null> {
  const descriptor = getThreatIntelProvider(id);
  const setting = (name: string) => services.setting(`threatIntel.${id}.${name}`);
  if (setting('enabled') === false) return null;
  const key = await services.secret(`threatIntel.${id}.key`);
  if (descriptor.key.kind !== 'none' && key === undefined) return null;
  const url = setting('url');
  const perMinute = setting('options.requestsPerMinute');
  const windows = typeof perMinute === 'number' ? [{ requests: perMinute, perMs: 60_000 }] : descriptor.quotas;
  const baseUrl = (typeof url === 'string' ? url : descriptor.baseUrl).replace(/\/+$/, '');
  const quotaKey = `${baseUrl} ${JSON.stringify(windows)}`;
  const quota = quotas.get(quotaKey) ?? new QuotaCounter(windows);
  quotas.set(quotaKey, quota);
  return {
    descriptor,
    baseUrl,
    key,
    keyId: descriptor.key.kind === 'basic' ? await services.secret(`threatIntel.${id}.id`) : undefined,
    quota,
    fetch: services.fetch,
    clockInMs: Date.now,
    maxWaitInMs,
    signal,
  };
}

function answerTable(results: readonly LookedUp[]): Table {
  const rows = results.flatMap(({ observable, answers }) =>
    answers.map(({ provider, answer }) => [
      observable.value,
      observable.type,
      provider,
      answer.status,
      answer.verdict,
      answer.score,
      severityNameOf(answer),
      answer.detail,
      answer.reference,
      answer.ageInMs === undefined ? null : Math.round(answer.ageInMs),
    ]),
  );
  return makeTable(
    OUTPUT.map(({ name, type }, index) =>
      columnFromCells(
        name,
        type,
        rows.map((row) => row[index]),
      ),
    ),
    rows.length,
  );
}

export const lookupVerbs: readonly Verb[] = [lookupThreatIntel];

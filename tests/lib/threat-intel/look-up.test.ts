import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryCache } from '../../../lib/storage/lookup-cache.ts';
import { sourceOf, tableFromRows, toRows } from '../../../lib/tables/index.ts';
import { QuotaCounter } from '../../../lib/threat-intel/index.ts';
import { virustotal } from '../../../lib/threat-intel/providers/virustotal.ts';
import type { Spending } from '../../../lib/verbs/budget.ts';
import { getVerb } from '../../../lib/verbs/registry.ts';
import type { VerbServices } from '../../../lib/verbs/services.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';

const KEY = 'a-key-that-must-not-be-seen';
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  server = undefined;
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const report = (malicious: number, harmless = 60) =>
  JSON.stringify({
    data: {
      id: 'x',
      attributes: {
        last_analysis_stats: { malicious, suspicious: 0, harmless, undetected: 5, timeout: 0 },
        as_owner: 'Example Hosting',
        last_analysis_date: 1_770_000_000,
      },
    },
  });

const clock = 0;
const cache = () => memoryCache(() => clock);

interface Run {
  url?: string;
  values: [type: string, value: string][];
  parameters?: object;
  cache?: VerbServices['cache'];
  /** null: none is set. */
  key?: string | null;
  allowance?: Spending;
}

async function lookUp({ url, values, parameters = {}, cache: store = cache(), key = KEY, allowance }: Run) {
  const verb = getVerb('lookup.threat-intel');
  const settings: Record<string, unknown> = {
    // Never the real service.
    'threatIntel.virustotal.url': url ?? 'http://127.0.0.1:1',
    // One counter for each server, so that tests do not use up each other's quota.
    'threatIntel.virustotal.options.requestsPerMinute': 600,
  };
  const services: VerbServices = {
    provider: () => Promise.reject(new Error('not here')),
    cache: store,
    secret: async (setting) => (setting === 'threatIntel.virustotal.key' ? (key ?? undefined) : undefined),
    setting: (path) => settings[path],
    fetch,
  };
  const schema = [
    { name: 'IoCType', type: 'string' as const },
    { name: 'Observable', type: 'string' as const },
  ];
  const output = await verb.run([sourceOf(tableFromRows(schema, values), 'iocs')], verb.parameters.parse(parameters), {
    signal: new AbortController().signal,
    nowInMs: Date.UTC(2026, 2, 12),
    services,
    ...(allowance ? { allowance } : {}),
  });
  expect(JSON.stringify(output, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(KEY);
  const rows = toRows(output.table as never).filter(({ Provider }) => Provider === 'virustotal');
  return { ...output, rows };
}

describe('lookup.threat-intel with VirusTotal', () => {
  it('asks for each distinct observable under its collection and id, with the key in the header', async () => {
    const asked: string[] = [];
    const url = await listen((request, response) => {
      asked.push(`${request.headers['x-apikey'] === KEY} ${request.url}`);
      response.end(report(request.url!.includes('ip_addresses') ? 12 : 0));
    });
    const { verdicts, rows } = await lookUp({
      url,
      values: [
        ['ipv4', '185.92.220.35'],
        ['ipv4', '185.92.220.35'],
        ['dns', 'Evil.Python.org'],
        ['url', 'https://www.python.org/a?b=1'],
        ['sha256_hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
        ['windows_path', 'C:\\x'],
      ],
    });
    expect(asked).toEqual([
      'true /ip_addresses/185.92.220.35',
      'true /domains/evil.python.org',
      `true /urls/${Buffer.from('https://www.python.org/a?b=1').toString('base64url')}`,
      'true /files/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ]);
    expect(verdicts![0]).toMatchObject({ value: '185.92.220.35', verdict: 'malicious', score: 99 });
    expect(rows.map(({ Verdict }) => Verdict)).toEqual(['malicious', 'benign', 'benign', 'benign']);
    expect(rows[0]!['Detail']).toContain('12 of 77 engines');
  });

  it('sends nothing that is private', async () => {
    let requests = 0;
    const url = await listen((_, response) => {
      requests++;
      response.end(report(0));
    });
    const { rows } = await lookUp({
      url,
      values: [
        ['ipv4', '10.0.0.5'],
        ['dns', 'fs01.contoso.example'],
        ['dns', 'www.python.org'],
        ['url', 'https://host/'],
      ],
      parameters: { neverSend: ['python.org'] },
    });
    expect(requests).toBe(0);
    expect(rows.map(({ Status }) => Status)).toEqual(['not-sent', 'not-sent', 'not-sent', 'not-sent']);
  });

  it('remembers answers, shows their age, and asks again when they are old', async () => {
    let requests = 0;
    const url = await listen((request, response) => {
      requests++;
      response.statusCode = request.url!.includes('9.9.9.9') ? 404 : 200;
      response.end(report(3));
    });
    const store = memoryCache(() => Date.now() - 60_000);
    const values: [string, string][] = [
      ['ipv4', '8.8.8.8'],
      ['ipv4', '9.9.9.9'],
    ];
    const first = await lookUp({ url, values, cache: store });
    expect(first.rows.map(({ Status, AgeInMs }) => [Status, AgeInMs])).toEqual([
      ['found', null],
      ['not-found', null],
    ]);
    const again = await lookUp({ url, values, cache: store });
    expect(requests).toBe(2);
    expect(again.rows.map(({ AgeInMs }) => Number(AgeInMs) >= 60_000)).toEqual([true, true]);
    expect(
      again.verdicts![0]!.sources.find(({ provider }) => provider === 'virustotal')!.ageInMs,
    ).toBeGreaterThanOrEqual(60_000);
    const old = memoryCache(() => Date.now() - 4 * 3_600_000);
    await old.put(
      'virustotal',
      'ipv4:9.9.9.9',
      JSON.stringify({ status: 'not-found', verdict: 'unknown', score: 0, detail: '', reference: '' }),
    );
    await lookUp({ url, values: [['ipv4', '9.9.9.9']], cache: old });
    expect(requests).toBe(3);
  });

  it('waits as long as the service asks, and goes on', async () => {
    let requests = 0;
    const url = await listen((_, response) => {
      requests++;
      if (requests === 1) response.writeHead(429, { 'retry-after': '0' }).end('{}');
      else if (requests === 2) response.writeHead(503).end();
      else response.end(report(0));
    });
    const { rows, partial } = await lookUp({ url, values: [['ipv4', '8.8.8.8']] });
    expect([requests, rows[0]!['Status'], partial]).toEqual([3, 'found', false]);
  });

  it('leaves a service that asks to wait too long, and says what was not looked up', async () => {
    let requests = 0;
    const url = await listen((_, response) => {
      requests++;
      response.writeHead(429, { 'retry-after': '86400' }).end('{}');
    });
    const { rows, partial, warnings } = await lookUp({
      url,
      values: [
        ['ipv4', '8.8.8.8'],
        ['ipv4', '9.9.9.9'],
      ],
    });
    expect([requests, partial]).toEqual([1, true]);
    expect(rows.map(({ Status }) => Status)).toEqual(['quota', 'quota']);
    expect(warnings).toEqual([
      { code: 'quota', message: 'VirusTotal asks to wait; 2 of 2 observables were not looked up there' },
    ]);
  });

  it('is not fatal when the service is down, refuses the key, redirects or talks nonsense', async () => {
    const down = await lookUp({
      url: 'http://127.0.0.1:1',
      values: [['ipv4', '8.8.8.8']],
      parameters: { maxWaitInMs: 0 },
    });
    expect(down.rows[0]!['Status']).toBe('unavailable');
    const statuses = async (answer: (response: ServerResponse) => void) => {
      const url = await listen((_, response) => answer(response));
      const { rows, partial } = await lookUp({
        url,
        values: [
          ['ipv4', '8.8.8.8'],
          ['ipv4', '9.9.9.9'],
        ],
        parameters: { maxWaitInMs: 0 },
      });
      expect(partial).toBe(true);
      return rows.map(({ Status }) => Status);
    };
    expect(await statuses((response) => response.writeHead(403).end())).toEqual(['unauthorized', 'unauthorized']);
    expect(await statuses((response) => response.end('<html>'))).toEqual(['failed', 'failed']);
    expect(await statuses((response) => response.end('{"data":{}}'))).toEqual(['failed', 'failed']);
    expect(await statuses((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())).toEqual([
      'unavailable',
      'unavailable',
    ]);
    expect(await statuses((response) => response.writeHead(400).end())).toEqual(['failed', 'failed']);
    expect(await statuses((response) => response.end(`"${'x'.repeat(6 * 2 ** 20)}"`))).toEqual(['failed', 'failed']);
  });

  it('keeps to its budget of requests', async () => {
    const url = await listen((_, response) => response.end(report(0)));
    const { rows, warnings } = await lookUp({
      url,
      values: [
        ['ipv4', '8.8.8.8'],
        ['ipv4', '9.9.9.9'],
      ],
      parameters: { maxRequests: 1 },
    });
    expect(rows.map(({ Status }) => Status)).toEqual(['found', 'quota']);
    expect(warnings![0]!.message).toContain('budget of 1');
  });

  it('asks no more than the investigation may, and says what it asked', async () => {
    let asked = 0;
    const url = await listen((_, response) => {
      asked++;
      response.end(report(0));
    });
    const values = ['8.8.8.8', '9.9.9.9', '1.1.1.1'].map((value): [string, string] => ['ipv4', value]);
    const some = await lookUp({ url, values, allowance: { lookups: 2 } });
    expect(some.rows.map(({ Status }) => Status)).toEqual(['found', 'found', 'quota']);
    expect([asked, some.spent, some.partial]).toEqual([2, { lookups: 2 }, true]);
    const none = await lookUp({ url, values, allowance: { lookups: 0 } });
    expect([asked, none.spent, none.partial]).toEqual([2, { lookups: 0 }, true]);
  });

  it('asks files only where there is no key, and names a service that was asked for', async () => {
    const { verdicts, warnings } = await lookUp({
      values: [
        ['ipv4', '203.0.113.77'],
        ['dns', 'x.example.org'],
      ],
      key: null,
      parameters: { providers: ['local', 'virustotal'] },
    });
    expect(verdicts!.map(({ verdict }) => verdict)).toEqual(['malicious', 'unknown']);
    expect(warnings).toEqual([
      { code: 'not-configured', message: 'virustotal has no key in the settings and was not asked' },
    ]);
    await expect(lookUp({ values: [], parameters: { providers: ['nobody'] } })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  itWithShared('data/msticpy/vt3_url_0.json', 'reads what the service really answers', () => {
    const read = (file: string, type: 'url' | 'sha256_hash') =>
      virustotal.read(
        { data: JSON.parse(readFileSync(sharedPath(`data/msticpy/${file}`), 'utf8')) },
        { type, value: 'x' },
      );
    expect(read('vt3_url_0.json', 'url')).toMatchObject({ status: 'found' });
    expect(read('vt3_file_1.json', 'sha256_hash')).toMatchObject({ status: 'found' });
  });
});

describe('QuotaCounter', () => {
  it('lets no window be passed', () => {
    const quota = new QuotaCounter([
      { requests: 2, perMs: 1000 },
      { requests: 3, perMs: 10_000 },
    ]);
    const waits: number[] = [];
    for (const now of [0, 100, 200, 1001]) {
      waits.push(quota.waitInMs(now));
      if (quota.waitInMs(now) === 0) quota.take(now);
    }
    expect(waits).toEqual([0, 0, 800, 0]);
    expect(quota.waitInMs(1500)).toBe(8500);
  });
});

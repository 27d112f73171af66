import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProvider } from '../../../../lib/providers/index.ts';
import type { QueryProvider, QueryRequest, QueryResult } from '../../../../lib/providers/provider.ts';
import { type ParquetTable, parquetSource, type Table, ticksFromIso, toRows } from '../../../../lib/tables/index.ts';
import { type AzuriteHost, startAzurite } from '../../../../local/azurite/azurite-host.ts';
import { testConnections } from '../../../support/cloud/connections.ts';
import { kqlHere } from '../../../support/kql-here.ts';
import { BIG, HOSTILE } from './services.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = { cacheFolder: join(folder, 'cache'), resultFolder: join(folder, 'results'), kql: kqlHere(folder) };
const nowInMs = Date.UTC(2024, 4, 3);
const [FIRST, SECOND] = ['2024-05-01T10:00:00Z', '2024-05-01T11:00:00Z'] as const;

/** The two rows, each as a line. */
const line = (time: string, host: string, big: bigint) =>
  JSON.stringify({ TimeGenerated: time, host, big: 'BIG' }).replace('"BIG"', String(big));
const LINES = `${line(FIRST, 'ws-17', BIG)}\n${line(SECOND, HOSTILE, -1n)}\n`;
const osqueryEvent = (unixTime: number, host: string, big: bigint) =>
  JSON.stringify({ name: 'rows', action: 'added', unixTime, columns: { host, big: 'BIG' } }).replace(
    '"BIG"',
    String(big),
  );

interface FileService {
  readonly type: string;
  /** The page that describes the files. */
  readonly source: string;
  /** Files that hold the two rows. */
  readonly files: Readonly<Record<string, string>>;
  settings(folder: string): string;
  readonly table: string;
}

const SERVICES: readonly FileService[] = [
  {
    type: 'local',
    source: 'jsonlines.org',
    files: { 'rows.jsonl': LINES },
    settings: (path) => `{ type: local, paths: ['${path}'] }`,
    table: 'rows',
  },
  {
    type: 'velociraptor',
    source: 'docs.velociraptor.app/docs/deployment/offline_collections',
    files: { 'results/Custom.Rows.json': LINES },
    settings: (path) => `{ type: velociraptor, paths: ['${path}'] }`,
    table: 'Custom_Rows',
  },
  {
    type: 'osquery',
    source: 'osquery.readthedocs.io/en/stable/deployment/logging',
    files: {
      'osqueryd.results.log': [
        osqueryEvent(Date.parse(FIRST) / 1000, 'ws-17', BIG),
        osqueryEvent(Date.parse(SECOND) / 1000, HOSTILE, -1n),
      ].join('\n'),
    },
    settings: (path) => `{ type: osquery, paths: ['${path}'] }`,
    table: 'rows',
  },
  {
    type: 'security-datasets',
    source: 'github.com/OTRF/Security-Datasets (datasets/atomic/_metadata)',
    files: {
      'datasets/atomic/_metadata/SD-1.yaml': 'id: SD-1\ntitle: t\nfiles:\n- link: datasets/atomic/x/rows.jsonl\n',
      'datasets/atomic/x/rows.jsonl': LINES,
    },
    settings: (path) => `{ type: security-datasets, folder: '${path}' }`,
    table: 'SD-1/rows',
  },
  {
    type: 'blob-storage',
    source: 'learn.microsoft.com/rest/api/storageservices/blob-service-rest-api (answered by Azurite)',
    files: { 'rows.jsonl': LINES },
    settings: () => '{ type: blob-storage, connectionString: env:BLOBS, container: rows }',
    table: 'rows.jsonl',
  },
];

describe.each(SERVICES)('$type keeps the contract of providers', (service) => {
  let provider: QueryProvider;
  let azurite: AzuriteHost | undefined;
  beforeAll(async () => {
    const place = join(folder, service.type);
    for (const [name, text] of Object.entries(service.files)) {
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), text);
    }
    const env: Record<string, string> = {};
    if (service.type === 'blob-storage') {
      azurite = await startAzurite(join(folder, 'azurite'));
      env['BLOBS'] = azurite.connectionString;
      const { BlobServiceClient } = await import('@azure/storage-blob');
      const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('rows');
      await container.create();
      await container.getBlockBlobClient('rows.jsonl').uploadData(Buffer.from(LINES));
    }
    provider = await openProvider('p', testConnections(`providers: { p: ${service.settings(place)} }`, env), files);
  });
  afterAll(() => azurite?.close());

  const ask = (request: Omit<QueryRequest, 'nowInMs'>, signal?: AbortSignal) =>
    provider.query({ ...request, nowInMs }, signal ? { signal } : {});
  const hostsOf = async ({ table }: QueryResult) => {
    const rows = toRows('parts' in table ? await parquetSource(table as ParquetTable, 't').read() : (table as Table));
    return rows.map(({ host, big }) => [host, BigInt(big as bigint)]);
  };
  const { table } = service;

  it('gives typed rows, and keeps a value a value', async () => {
    const all = await ask({ table });
    expect(all).toMatchObject({ partial: false, warnings: [] });
    expect(await hostsOf(all)).toEqual([
      ['ws-17', BIG],
      [HOSTILE, -1n],
    ]);
    expect(await hostsOf(await ask({ table, where: { host: HOSTILE.toUpperCase() } }))).toEqual([[HOSTILE, -1n]]);
    expect(await hostsOf(await ask({ table, where: { host: ['WS-17', 'none'], big: BIG } }))).toEqual([['ws-17', BIG]]);
  });

  it('keeps to a time range and to the cap of the caller', async () => {
    const timeRange = { start: ticksFromIso(FIRST)!, end: ticksFromIso(SECOND)! };
    expect(await hostsOf(await ask({ table, timeRange }))).toEqual([['ws-17', BIG]]);
    const cut = await ask({ table, maxRows: 1 });
    expect([await hostsOf(cut), cut.partial, cut.warnings.length]).toEqual([[['ws-17', BIG]], true, 1]);
  });

  it('answers KQL with values as literals', async () => {
    const kql = `declare query_parameters(wanted:string);\n['${table}'] | where host == wanted | project host, big`;
    expect(await hostsOf(await ask({ kql, parameters: { wanted: HOSTILE } }))).toEqual([[HOSTILE, -1n]]);
    await expect(ask({ kql: `['${table}'] | where` })).rejects.toThrow();
  });

  it('refuses what it does not have, and stops when the caller stops', async () => {
    expect((await provider.tables()).some(({ name }) => table.startsWith(name))).toBe(true);
    await expect(ask({ table: `${table}-none` })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:not-found|usage)$/) as string,
    });
    if (service.type !== 'security-datasets')
      await expect(ask({ text: 'index=main' })).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:unsupported|usage)$/) as string,
      });
    await expect(ask({ table }, AbortSignal.abort())).rejects.toThrow();
  });

  it('names the page of its form', () => {
    expect(service.source).toMatch(/^[a-z0-9.]+\.[a-z]+/);
  });
});

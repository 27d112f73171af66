import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobStorageProvider } from '../../../lib/providers/blob-storage.ts';
import { openProvider, providerNames } from '../../../lib/providers/index.ts';
import type { QueryResult } from '../../../lib/providers/provider.ts';
import {
  isoFromTicks,
  type ParquetTable,
  parquetSource,
  type Table,
  tableFromRows,
  ticksFromIso,
  toRows,
} from '../../../lib/tables/index.ts';
import { type AzuriteHost, startAzurite } from '../../../local/azurite/azurite-host.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { startLoopback } from '../../support/cloud/loopback-server.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
const files = { cacheFolder: join(folder, 'cache'), resultFolder: join(folder, 'results') };
afterAll(() => rmSync(folder, { recursive: true }));
const nowInMs = Date.UTC(2024, 4, 3);
const rowsOf = async ({ table }: QueryResult) =>
  toRows('parts' in table ? await parquetSource(table as ParquetTable, 't').read() : (table as Table));

describe('results of Velociraptor', () => {
  it('are a table for each artifact', async () => {
    const results = join(folder, 'velociraptor', 'results');
    mkdirSync(results, { recursive: true });
    writeFileSync(
      join(results, 'Windows.System.Pslist.json'),
      '{"Pid":4,"Name":"System"}\n{"Pid":88,"Name":"smss.exe"}\nbroken\n',
    );
    const connections = testConnections(
      `providers: { collected: { type: velociraptor, paths: ['${join(folder, 'velociraptor')}'] } }`,
    );
    const provider = await openProvider('collected', connections, files);
    expect((await provider.tables()).map(({ name }) => name)).toEqual(['Windows_System_Pslist']);
    const result = await provider.query({ table: 'Windows_System_Pslist', where: { Name: 'SMSS.exe' }, nowInMs });
    expect(await rowsOf(result)).toEqual([{ Pid: 88n, Name: 'smss.exe' }]);
    await expect(provider.query({ table: 'None', nowInMs })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('logs of osquery', () => {
  it('are a table for each query', async () => {
    const logs = join(folder, 'osquery');
    mkdirSync(logs);
    const event = (name: string, more: object) =>
      JSON.stringify({ name, hostIdentifier: 'ws-17', unixTime: 1714557600, ...more });
    writeFileSync(
      join(logs, 'osqueryd.results.log'),
      [
        event('pack/it/mounts', {
          action: 'added',
          columns: { device: '/dev/sda1', path: '/' },
          decorations: { os: 'x' },
        }),
        event('processes', {
          action: 'snapshot',
          snapshot: [
            { pid: '1', name: 'init' },
            { pid: '2', name: 'kthreadd' },
          ],
        }),
        event('../../evil', { action: 'added', columns: { a: '1' } }),
        'broken',
      ].join('\n'),
    );
    writeFileSync(
      join(logs, 'osqueryd.results.log.1.log.gz'),
      gzipSync(event('processes', { action: 'removed', columns: { pid: '9', name: 'old' } })),
    );
    const connections = testConnections(`providers: { fleet: { type: osquery, paths: ['${logs}'] } }`);
    const provider = await openProvider('fleet', connections, files);
    expect((await provider.tables()).map(({ name }) => name).sort()).toEqual(['evil', 'it_mounts', 'processes']);
    const rows = await rowsOf(await provider.query({ table: 'processes', where: { pid: [2, 9] }, nowInMs }));
    expect(rows.map(({ TimeGenerated, ...row }) => ({ ...row, at: isoFromTicks(TimeGenerated as bigint) }))).toEqual([
      expect.objectContaining({
        Computer: 'ws-17',
        Action: 'snapshot',
        name: 'kthreadd',
        at: '2024-05-01T10:00:00.0000000Z',
      }),
      expect.objectContaining({ Action: 'removed', name: 'old' }),
    ]);
    expect(readdirSync(folder).sort()).not.toContain('evil.jsonl');
  });
});

describe('Security-Datasets', () => {
  const yaml = `title: A dataset\nid: SDX-1\nplatform: [Windows]\ndescription: d\nattack_mappings:\n- { technique: T1003, sub-technique: '001', tactics: [TA0006] }\nfiles:\n- { type: Host, link: 'https://raw.githubusercontent.com/OTRF/Security-Datasets/master/datasets/atomic/x/host/one.jsonl' }\n`;

  it('are browsed and downloaded once', async () => {
    const server = await startLoopback(({ path }) => {
      if (path.startsWith('/git/trees'))
        return { json: { tree: [{ path: 'datasets/atomic/_metadata/SDX-1.yaml' }, { path: 'README.md' }] } };
      if (path.endsWith('SDX-1.yaml')) return { body: yaml };
      if (path === '/datasets/atomic/x/host/one.jsonl') return { body: '{"Computer":"ws-17","N":1}\n' };
      return { status: 404, body: 'no' };
    });
    const connections = testConnections(
      `providers: { otrf: { type: security-datasets, catalogueUrl: '${server.url}' } }`,
    );
    const provider = await openProvider('otrf', connections, files);
    const catalogue = await rowsOf(await provider.query({ table: 'Catalogue', where: { Id: 'sdx-1' }, nowInMs }));
    expect(catalogue).toMatchObject([{ Id: 'SDX-1', Techniques: '["T1003.001"]', Tactics: '["TA0006"]' }]);
    for (let turn = 0; turn < 2; turn++) {
      expect(await rowsOf(await provider.query({ table: 'SDX-1/one', nowInMs }))).toEqual([
        { Computer: 'ws-17', N: 1n },
      ]);
    }
    expect(server.received.filter(({ path }) => path.endsWith('one.jsonl'))).toHaveLength(1);
    await expect(provider.query({ table: 'SDX-2/one', nowInMs })).rejects.toMatchObject({ code: 'not-found' });
    await server.close();
  });

  itWithShared('data/security-datasets/metadata', 'are read from a local copy', async () => {
    const copy = sharedPath('data/security-datasets');
    const provider = await openProvider(
      'otrf',
      testConnections(`providers: { otrf: { type: security-datasets, folder: '${copy}' } }`),
      files,
    );
    const names = (await provider.tables()).map(({ name }) => name);
    expect(names).toContain('SDWIN-190518202151');
    const tables = provider.query({ table: 'SDWIN-190518202151', nowInMs });
    await expect(tables).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('SDWIN-190518202151/') as string,
    });
  });
});

describe('Blob Storage', () => {
  let azurite: AzuriteHost;
  beforeAll(async () => {
    azurite = await startAzurite(join(folder, 'azurite'));
  });
  afterAll(() => azurite.close());

  it('lists, stores and reads blobs as tables', async () => {
    const connections = testConnections(
      `providers: { exports: { type: blob-storage, connectionString: env:BLOBS, container: exports, prefix: out/ } }`,
      { BLOBS: azurite.connectionString },
    );
    const { BlobServiceClient } = await import('@azure/storage-blob');
    const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('exports');
    await container.create();
    await container.getBlockBlobClient('out/hosts.csv').uploadData(Buffer.from('Computer,N\nws-17,1\nws-18,2\n'));
    await container.getBlockBlobClient('other.csv').uploadData(Buffer.from('a\n1\n'));
    const provider = (await openProvider('exports', connections, files)) as BlobStorageProvider;
    await provider.put(
      'stored.parquet',
      tableFromRows([{ name: 'TimeGenerated', type: 'datetime' }], [[ticksFromIso('2024-05-01T10:00:00.1234567Z')]]),
    );
    expect((await rowsOf(await provider.query({ table: 'Blobs', nowInMs }))).map(({ Name }) => Name)).toEqual([
      'out/hosts.csv',
      'out/stored.parquet',
    ]);
    expect(
      await rowsOf(await provider.query({ table: 'out/hosts.csv', where: { Computer: 'WS-18' }, nowInMs })),
    ).toMatchObject([{ Computer: 'ws-18' }]);
    expect(await rowsOf(await provider.query({ table: 'out/stored.parquet', nowInMs }))).toMatchObject([
      { TimeGenerated: ticksFromIso('2024-05-01T10:00:00.1234567Z') },
    ]);
    const cut = await provider.query({ table: 'out/hosts.csv', maxRows: 1, nowInMs });
    expect(cut.partial).toBe(true);
    await expect(provider.query({ table: 'out/none.csv', nowInMs })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the table of providers', () => {
  it('knows those of the settings and those that they imply', async () => {
    const connections = testConnections(`
dataPaths: [/data]
workspaces: [{ name: soc, workspaceId: 11111111-2222-3333-4444-555555555555 }]
providers: { second: { type: log-analytics, workspaces: [soc] } }`);
    expect(providerNames(connections)).toEqual([
      'defender-xdr',
      'graph-security',
      'local',
      'log-analytics',
      'resource-graph',
      'second',
      'security-datasets',
    ]);
    await expect(openProvider('log-analytic', connections)).rejects.toThrow('did you mean "log-analytics"?');
  });
});

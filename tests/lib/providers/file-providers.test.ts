import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AccountSASPermissions } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServices } from '../../../lib/investigation/create-services.ts';
import type { BlobStorageProvider } from '../../../lib/providers/blob-storage.ts';
import { openProvider, providerNames } from '../../../lib/providers/index.ts';
import type { QueryRequest, QueryResult } from '../../../lib/providers/provider.ts';
import { memoryCache } from '../../../lib/storage/lookup-cache.ts';
import {
  isoFromTicks,
  type ParquetTable,
  parquetSource,
  sourceOf,
  type Table,
  tableFromRows,
  ticksFromIso,
  toRows,
} from '../../../lib/tables/index.ts';
import { getVerb } from '../../../lib/verbs/registry.ts';
import { type AzuriteHost, startAzurite } from '../../../local/azurite/azurite-host.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, startLoopback } from '../../support/cloud/loopback-server.ts';
import { kqlHere } from '../../support/kql-here.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';
import { zipOf } from '../analysis/support/archives.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
const KQL = kqlHere(folder);
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

describe('a collection of Velociraptor', () => {
  /** Files of a collection's container, as the offline collector writes it. */
  const container: Readonly<Record<string, string>> = {
    'client_info.json': '{"client_id":"C.1"}\n',
    'collection_context.json': '{"session_id":"F.1"}\n',
    'log.json': '{"_ts":1,"message":"x"}\n',
    'requests.json': '{"request":"x"}\n',
    'uploads.json': '{"path":"a"}\n',
    'results/Windows.System.Pslist.json': '{"Pid":4,"Name":"System"}\n{"Pid":88,"Name":"smss.exe"}\n',
    'results/Windows.System.Pslist.json.index': '\u0000\u0001\u0002\u0003',
    'results/Windows.System.Pslist.csv': 'Pid,Name\n4,System\n88,smss.exe\n',
    'results/Windows.KapeFiles.Targets%2FAll File Metadata.json': '{"SourceFile":"C:\\\\a"}\n',
    'results/Custom.Table.csv': 'A,B\n1,2\n',
    'uploads/auto/C%3A/Windows/Windows.System.Pslist.json': '{"Evil":1}\n',
  };
  const expected = [
    ['Custom_Table', 1],
    ['Windows_KapeFiles_Targets_All_File_Metadata', 1],
    ['Windows_System_Pslist', 2],
  ];

  it.each(['folder', 'zip'])('in a %s gives results alone, each row once', async (form) => {
    const place = join(folder, `collection-${form}`);
    mkdirSync(place);
    if (form === 'zip')
      writeFileSync(
        join(place, 'Collection-ws-17.zip'),
        zipOf(Object.fromEntries(Object.entries(container).map(([name, text]) => [name, Buffer.from(text)]))),
      );
    else {
      for (const [name, text] of Object.entries(container)) {
        mkdirSync(join(place, name, '..'), { recursive: true });
        writeFileSync(join(place, name), text);
      }
    }
    const connections = testConnections(`providers: { c: { type: velociraptor, paths: ['${place}'] } }`);
    const provider = await openProvider('c', connections, files);
    const tables = (await provider.tables()).map(({ name, rowCount }) => [name, rowCount]);
    expect(tables.sort()).toEqual(expected);
    const result = await provider.query({ table: 'Windows_System_Pslist', nowInMs });
    expect(result).toMatchObject({ partial: false, warnings: [] });
    expect(readdirSync(files.resultFolder).filter((name) => name.startsWith('velociraptor'))).toEqual([]);
  });

  it('without results is an error that says what to name', async () => {
    const place = join(folder, 'no-results');
    mkdirSync(place);
    writeFileSync(join(place, 'client_info.json'), '{}');
    const connections = testConnections(`providers: { c: { type: velociraptor, paths: ['${place}'] } }`);
    await expect((await openProvider('c', connections, files)).tables()).rejects.toMatchObject({ code: 'not-found' });
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
    const { partial, warnings } = await provider.query({ table: 'processes', nowInMs });
    expect([partial, warnings.map(({ code }) => code)]).toEqual([true, ['bad-rows']]);
  });

  it('have batches and columns of any name, and status lines that are no results', async () => {
    const log = join(folder, 'osqueryd.batch.log');
    const lines = [
      JSON.stringify({
        name: 'users',
        hostIdentifier: 'ws-17',
        unixTime: '1714557600',
        diffResults: { added: [{ user: 'a' }, { user: 'b' }], removed: [{ user: 'c' }] },
      }),
      JSON.stringify({ name: 'file_events', action: 'added', columns: { action: 'CREATED', target_path: '/x' } }),
      JSON.stringify({ severity: '0', filename: 'scheduler.cpp', line: '83', message: 'Executing scheduled query' }),
      'I0501 10:00:00.123456  1234 scheduler.cpp:83] Executing scheduled query',
      JSON.stringify({ name: 'nothing', action: 'snapshot', snapshot: [] }),
    ];
    writeFileSync(log, lines.join('\n'));
    const connections = testConnections(`providers: { fleet: { type: osquery, paths: ['${log}'] } }`);
    const provider = await openProvider('fleet', connections, files);
    const users = await provider.query({ table: 'users', nowInMs });
    expect([users.partial, users.warnings]).toEqual([false, []]);
    expect((await rowsOf(users)).map(({ Action, user }) => [Action, user])).toEqual([
      ['removed', 'c'],
      ['added', 'a'],
      ['added', 'b'],
    ]);
    expect(await rowsOf(await provider.query({ table: 'file_events', nowInMs }))).toMatchObject([
      { Action: 'added', action_: 'CREATED', target_path: '/x' },
    ]);
  });
});

describe('Security-Datasets', () => {
  const REPOSITORY = 'https://raw.githubusercontent.com/OTRF/Security-Datasets/master/';
  /** An entry in the two forms that the repository has. */
  const entry = (id: string, title: string, more: string, ...links: readonly string[]) =>
    `title: ${title}\nid: ${id}\ncontributors:\n- A. Analyst\ncreation_date: 2020/09/4\nplatform: [Windows]\ntype: atomic\ntags:\ndescription: d\n${more}\nfiles:\n${links.map((link) => `- { type: Host, link: '${REPOSITORY}${link}' }`).join('\n')}\n`;
  const mapping = (technique: string, sub: string, tactic: string) =>
    `attack_mappings:\n- { technique: '${technique} ', sub-technique: ${sub}, tactics: [${tactic}] }`;
  const one = Buffer.from('{"Computer":"ws-17","N":1}\n');
  const two = Buffer.from('{"Computer":"ws-18","N":2}\n');
  const sha1 = (data: Buffer) => createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex');
  const contents: Readonly<Record<string, Buffer>> = {
    'datasets/atomic/_metadata/SDX-1.yaml': Buffer.from(
      entry(
        'SDX-1',
        'Mimikatz logonpasswords',
        mapping('T1003', "'001'", 'TA0006'),
        'datasets/atomic/x/host/one.jsonl',
        'datasets/atomic/x/network/one.jsonl',
      ),
    ),
    'datasets/compound/_metadata/Campaign.yaml': Buffer.from(
      entry('a9a5e353-d77c-4b07-b449-a3f08271d899', 'A campaign', mapping('T1059', '', 'TA0002'), 'datasets/none.zip'),
    ),
    'datasets/compound/_metadata/broken.yaml': Buffer.from('a: [\n'),
    'datasets/atomic/x/host/one.jsonl': one,
    'datasets/atomic/x/network/one.jsonl': two,
  };
  let isDown = false;
  let tree: { path: string; sha?: string; size?: number }[] = [];
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopback(({ path }) => {
      if (isDown) return { status: 404, body: 'no' };
      if (path === '/git/trees/master') return { json: { tree, truncated: false } };
      const body = contents[path.slice(1)];
      return body ? { body } : { status: 404, body: 'no' };
    });
  });
  afterAll(() => server.close());
  const listed = (without: readonly string[] = []) =>
    Object.entries(contents)
      .filter(([path]) => !without.includes(path))
      .map(([path, data]) => ({ path, sha: sha1(data), size: data.length }));
  const open = (cache = 'cache') =>
    openProvider(
      'otrf',
      testConnections(`providers: { otrf: { type: security-datasets, catalogueUrl: '${server.url}' } }`),
      { ...files, cacheFolder: join(folder, cache), kql: KQL },
    );
  const ids = async (given: Partial<QueryRequest>, provider = open()) =>
    (await rowsOf(await (await provider).query({ ...given, nowInMs }))).map(({ Id }) => Id);
  const CAMPAIGN = 'a9a5e353-d77c-4b07-b449-a3f08271d899';

  it('are browsed by id, technique, tactic and words, and what cannot be read is named', async () => {
    tree = listed();
    const { table, warnings, partial } = await (await open('fresh')).query({ table: 'Catalogue', nowInMs });
    expect(toRows(table as Table)).toMatchObject([
      { Id: 'SDX-1', Techniques: '["T1003.001"]', TacticNames: '["Credential Access"]', Kind: 'atomic' },
      { Id: CAMPAIGN, Techniques: '["T1059"]', Tactics: '["TA0002"]', Contributors: '["A. Analyst"]' },
    ]);
    expect([partial, warnings]).toEqual([
      true,
      [{ code: 'bad-rows', message: '1 entries cannot be read: broken.yaml' }],
    ]);
    tree = listed(['datasets/compound/_metadata/broken.yaml']);
    expect(await ids({ table: 'catalogue', where: { Id: 'sdx-1' } })).toEqual(['SDX-1']);
    expect(await ids({ table: 'Catalogue', where: { Techniques: 't1003' } })).toEqual(['SDX-1']);
    expect(await ids({ table: 'Catalogue', where: { Techniques: ['T1003.001', 'T1059'] } })).toHaveLength(2);
    expect(await ids({ table: 'Catalogue', where: { Techniques: 'T100' } })).toEqual([]);
    expect(await ids({ table: 'Catalogue', where: { Tactics: 'execution' } })).toEqual([CAMPAIGN]);
    expect(await ids({ text: 'mimikatz+credential access' })).toEqual(['SDX-1']);
    expect(await ids({ text: 'MIMIKATZ+campaign, nothing' })).toEqual([]);
    expect(await ids({ text: 'nothing, campaign' })).toEqual([CAMPAIGN]);
    expect(await ids({ kql: 'Catalogue | where Techniques has "T1003"' })).toEqual(['SDX-1']);
    const timeRange = { start: 0n, end: 1n };
    expect(await (await open()).query({ table: 'Catalogue', timeRange, nowInMs })).toMatchObject({
      partial: false,
      warnings: [{ code: 'no-time' }],
    });
  });

  it('are downloaded once, files of one name apart, and answer KQL', async () => {
    const provider = await open();
    const query = async (request: Partial<QueryRequest>) => rowsOf(await provider.query({ ...request, nowInMs }));
    for (let turn = 0; turn < 2; turn++) {
      expect((await query({ table: 'SDX-1/one' })).map(({ Computer }) => Computer)).toEqual(['ws-17', 'ws-18']);
    }
    expect(await query({ kql: "['SDX-1/one'] | where N > 1 | project Computer" })).toEqual([{ Computer: 'ws-18' }]);
    expect((await rowsOf(await (await open()).query({ table: 'sdx-1/one', nowInMs }))).length).toBe(2);
    expect(server.received.filter(({ path }) => path.endsWith('one.jsonl'))).toHaveLength(2);
    await expect(provider.query({ table: 'SDX-2/one', nowInMs })).rejects.toMatchObject({ code: 'not-found' });
    await expect(provider.query({ table: `${CAMPAIGN}/x`, nowInMs })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are refused where a file is not the one that is listed, and named where one is missing', async () => {
    const path = 'datasets/atomic/x/network/one.jsonl';
    tree = listed(['datasets/compound/_metadata/broken.yaml']).map((each) =>
      each.path === path ? { ...each, sha: sha1(one) } : each,
    );
    const result = await (await open('other')).query({ table: 'SDX-1/one', nowInMs });
    expect((await rowsOf(result)).map(({ Computer }) => Computer)).toEqual(['ws-17']);
    expect(result).toMatchObject({ partial: true, warnings: [{ code: 'file-missing' }] });
    expect(result.warnings[0]?.message).toContain('its hash is another');
  });

  it('have a catalogue of before where none can be had', async () => {
    isDown = true;
    expect(await ids({ table: 'Catalogue' })).toHaveLength(2);
    const kept = readdirSync(join(folder, 'cache', 'security-datasets')).find((name) => name.startsWith('catalogue'))!;
    utimesSync(join(folder, 'cache', 'security-datasets', kept), 1_700_000_000, 1_700_000_000);
    const result = await (await open()).query({ table: 'Catalogue', nowInMs });
    expect(result.table).toMatchObject({ rowCount: 2 });
    expect(result.warnings).toEqual([
      { code: 'old-catalogue', message: expect.stringMatching(/is that of 2023-11-14: .*404/) as string },
    ]);
    await expect((await open('empty')).tables()).rejects.toMatchObject({ code: 'not-found' });
    isDown = false;
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
    const resources = { ...files, kql: KQL };
    const provider = (await openProvider('exports', connections, resources)) as BlobStorageProvider;
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
    const kql = "['out/hosts.csv'] | join kind=inner (['out/hosts.csv'] | where N > 1) on Computer | project Computer";
    expect(await rowsOf(await provider.query({ kql, nowInMs }))).toEqual([{ Computer: 'ws-18' }]);
    const large = await rowsOf(await provider.query({ kql: 'Blobs | where Name has "hosts" | project Name', nowInMs }));
    expect(large).toEqual([{ Name: 'out/hosts.csv' }]);
    await expect(provider.query({ kql: 'search "x"', nowInMs })).rejects.toThrow('has to name its tables');
    await container.getBlockBlobClient('out/memory.bin').uploadData(Buffer.from('00010203'.repeat(10), 'hex'));
    await expect(provider.query({ table: 'out/memory.bin', nowInMs })).rejects.toMatchObject({ code: 'bad-data' });
    const cut = await provider.query({ table: 'out/hosts.csv', maxRows: 1, nowInMs });
    expect(cut.partial).toBe(true);
    await expect(provider.query({ table: 'out/none.csv', nowInMs })).rejects.toMatchObject({ code: 'not-found' });
    for (const name of ['../x.csv', 'a//b.csv', 'a\\b.csv', 'a\nb.csv', 'table.exe'])
      await expect(provider.put(name, tableFromRows([], []))).rejects.toMatchObject({ code: 'usage' });
  });

  it('takes a table that a playbook uploads, the same rows in the same blob', async () => {
    const { BlobServiceClient } = await import('@azure/storage-blob');
    const account = BlobServiceClient.fromConnectionString(azurite.connectionString);
    const url = new URL(account.url);
    await account.getContainerClient('uploads').createIfNotExists();
    const sas = account.generateAccountSasUrl(undefined, AccountSASPermissions.parse('rwlac'), 'sco');
    const connections = testConnections(
      'providers: { exports: { type: blob-storage, connectionString: env:BLOBS, container: uploads, prefix: hits/ } }',
      { BLOBS: `BlobEndpoint=${url};SharedAccessSignature=${new URL(sas).search.slice(1)}` },
    );
    const services = createServices({
      connections,
      cache: memoryCache(() => 0),
      cacheFolder: files.cacheFolder,
      dataPaths: [],
      scratchFolder: folder,
    });
    const verb = getVerb('upload.rows');
    const upload = async (rows: readonly (readonly [string, bigint])[], parameters: object) => {
      const schema = [
        { name: 'Text', type: 'string' },
        { name: 'N', type: 'long' },
      ] as const;
      const context = { signal: new AbortController().signal, nowInMs: 0, services };
      const given = verb.parameters.parse({ to: 'exports', ...parameters });
      const output = await verb.run([sourceOf(tableFromRows(schema, rows), 'my hits')], given, context);
      expect(output.partial ?? false).toBe(false);
      return output.warnings![0]!.message.replace('stored as ', '');
    };
    const rows = [['a,"b', 1n] as const, ['=x', 2n ** 60n] as const];
    const first = await upload(rows, {});
    expect(first).toMatch(/^hits\/my_hits-[0-9a-f]{16}\.parquet$/);
    expect(await upload(rows, {})).toBe(first);
    expect(await upload(rows.slice(1), {})).not.toBe(first);
    expect(await upload(rows, { blob: 'day/rows.csv' })).toBe('hits/day/rows.csv');
    expect(await upload(rows, { blob: 'day/rows.jsonl' })).toBe('hits/day/rows.jsonl');
    const provider = await openProvider('exports', connections, files);
    expect((await rowsOf(await provider.query({ table: 'Blobs', nowInMs }))).map(({ Name }) => Name)).toHaveLength(4);
    for (const table of [first, 'hits/day/rows.csv', 'hits/day/rows.jsonl']) {
      const read = await rowsOf(await provider.query({ table, nowInMs }));
      expect(
        read.map(({ Text, N }) => [Text, BigInt(N as bigint)]),
        table,
      ).toEqual(rows);
    }
    await expect(upload(rows, { blob: 'rows.exe' })).rejects.toMatchObject({ code: 'usage' });
    await expect(upload(rows, { to: 'nothing' })).rejects.toMatchObject({
      hint: expect.stringContaining('exports') as string,
    });
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

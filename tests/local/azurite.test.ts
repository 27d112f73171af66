import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterEach, describe, expect, it } from 'vitest';
import { type AzuriteHost, startAzurite } from '../../local/azurite/azurite-host.ts';
import { temporaryFolder } from './support/hosts.ts';

const open: AzuriteHost[] = [];
afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
});

async function start(folder: string): Promise<AzuriteHost> {
  const host = await startAzurite(folder);
  open.push(host);
  return host;
}

const container = (host: AzuriteHost) =>
  BlobServiceClient.fromConnectionString(host.connectionString).getContainerClient('things');
const table = (host: AzuriteHost) =>
  TableClient.fromConnectionString(host.connectionString, 'things', { allowInsecureConnection: true });

async function upload(host: AzuriteHost, name: string, text: string): Promise<void> {
  await container(host).getBlockBlobClient(name).upload(text, text.length);
}

async function download(host: AzuriteHost, name: string): Promise<string> {
  return (await container(host).getBlobClient(name).downloadToBuffer()).toString();
}

async function rowKeys(host: AzuriteHost): Promise<string[]> {
  const keys: string[] = [];
  for await (const row of table(host).listEntities()) keys.push(row.rowKey!);
  return keys.sort();
}

/** Starts over what the files hold at this moment, as after a sudden end of the process. */
async function startOver(folder: string): Promise<AzuriteHost> {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return start(copy);
}

describe('the storage emulator', () => {
  it('keeps every acknowledged write over a sudden end: new, overwritten and deleted', async () => {
    const folder = temporaryFolder();
    const host = await start(folder);
    await container(host).create();
    await table(host).createTable();
    await upload(host, 'kept', 'first');
    await upload(host, 'kept', 'second');
    await upload(host, 'gone', 'x');
    await container(host).deleteBlob('gone');
    await container(host).getBlobClient('kept').setMetadata({ mark: 'yes' });
    for (const rowKey of ['a', 'b', 'c']) await table(host).createEntity({ partitionKey: 'p', rowKey, value: 1 });
    await table(host).updateEntity({ partitionKey: 'p', rowKey: 'b', value: 2 }, 'Replace');
    await table(host).deleteEntity('p', 'c');
    await table(host).submitTransaction([
      ['create', { partitionKey: 'p', rowKey: 'd', value: 4 }],
      ['delete', { partitionKey: 'p', rowKey: 'a' }],
    ]);

    const again = await startOver(folder);
    expect(await download(again, 'kept')).toBe('second');
    expect((await container(again).getBlobClient('kept').getProperties()).metadata).toEqual({ mark: 'yes' });
    expect(await container(again).getBlobClient('gone').exists()).toBe(false);
    expect(await rowKeys(again)).toEqual(['b', 'd']);
    expect((await table(again).getEntity('p', 'b'))['value']).toBe(2);

    // What is written then is kept as well, and ids go on where they were.
    await upload(again, 'later', 'third');
    await table(again).createEntity({ partitionKey: 'p', rowKey: 'e' });
    await again.close();
    open.splice(open.indexOf(again), 1);
  });

  it('keeps tables and containers that were made and deleted', async () => {
    const folder = temporaryFolder();
    const host = await start(folder);
    await table(host).createTable();
    await table(host).createEntity({ partitionKey: 'p', rowKey: 'old' });
    await table(host).deleteTable();
    await table(host).createTable();
    await table(host).createEntity({ partitionKey: 'p', rowKey: 'new' });
    await container(host).create();
    await upload(host, 'x', 'x');
    await container(host).delete();
    const again = await startOver(folder);
    expect(await rowKeys(again)).toEqual(['new']);
    expect(await container(again).exists()).toBe(false);
  });

  it('loses nothing while a journal is folded into its database', async () => {
    const folder = temporaryFolder();
    const host = await start(folder);
    await table(host).createTable();
    const acknowledged: string[] = [];
    const value = 'x'.repeat(30_000);
    const journals = () => readdirSync(folder).filter((name) => name.startsWith('tables.json.journal'));
    const first = journals();
    for (let batch = 0; batch < 12; batch++) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const rowKey = `${batch}-${index}`;
          await table(host).createEntity({ partitionKey: 'p', rowKey, value });
          acknowledged.push(rowKey);
        }),
      );
      if (batch % 4 !== 3) continue;
      const expected = [...acknowledged].sort();
      expect(await rowKeys(await startOver(folder))).toEqual(expected);
    }
    expect(journals()).not.toEqual(first);
  }, 60_000);

  it('ends and starts again in order, without journals left to play', async () => {
    const folder = temporaryFolder();
    const host = await start(folder);
    await container(host).create();
    await upload(host, 'kept', 'text');
    await host.close();
    open.splice(0);
    const again = await start(folder);
    expect(await download(again, 'kept')).toBe('text');
  });

  it('does not take the key that every emulator has', async () => {
    const host = await start(temporaryFolder());
    const known = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
    const connectionString = host.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${known}`);
    await expect(container({ ...host, connectionString }).create()).rejects.toMatchObject({ statusCode: 403 });
    await expect(table({ ...host, connectionString }).createTable()).rejects.toMatchObject({ statusCode: 403 });
  });

  it.each([
    ['database', 'tables.json', '{"filename": "tables.json", "collec'],
    ['journal', 'tables.json.journal-9', '["put","x"\n["put"]\n'],
  ])('names a damaged %s, and leaves it as it is', async (_what, name, text) => {
    const folder = temporaryFolder();
    const host = await start(folder);
    await table(host).createTable();
    await host.close();
    open.splice(0);
    writeFileSync(join(folder, name), text);
    await expect(startAzurite(folder)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining(`the storage emulator's data in ${folder} cannot be read: `),
    });
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  it('does not play a last line that was cut off', async () => {
    const folder = temporaryFolder();
    const host = await start(folder);
    await container(host).create();
    await upload(host, 'kept', 'text');
    const copy = temporaryFolder();
    cpSync(folder, copy, { recursive: true });
    const journal = readdirSync(copy).find((name) => name.startsWith('blobs.json.journal'))!;
    appendFileSync(join(copy, journal), '["put","$BLOBS_COLLECTION$",{"nam');
    expect(await download(await start(copy), 'kept')).toBe('text');
  });
});

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TrailhoundError } from '../../lib/errors.ts';
import { type AzuriteClasses, type AzuriteServer, loadAzurite } from './load.ts';
import { LokiJournal } from './loki-journal.ts';

const HOST = '127.0.0.1';
/** A free port. */
const ANY_PORT = 0;
const KEEP_ALIVE_IN_S = 5;
const ACCOUNT = 'devstoreaccount1';
const KEY_LENGTH_IN_BYTES = 64;

/** The storage emulator's three services in this process. */
export interface AzuriteHost {
  readonly connectionString: string;
  /** Stops the services and writes their databases whole. */
  close(): Promise<void>;
}

/**
 * Starts Azurite's blob, queue and table services on free ports of the loopback address. A write that was acknowledged
 * is kept even when the process is killed in the next moment. The account's key is a new one at each start.
 *
 * @param folder where the data lies; created if it is missing
 * @throws {TrailhoundError} `bad-data` when the data cannot be read
 */
export async function startAzurite(folder: string): Promise<AzuriteHost> {
  mkdirSync(folder, { recursive: true });
  const servers = createServers(loadAzurite(), folder);
  const journals = servers.flatMap((server) =>
    [server.metadataStore, server.extentMetadataStore].flatMap((store) => (store ? new LokiJournal(store.db) : [])),
  );
  // The emulator's own key is known to everyone, and so to any page that could be made to reach this address.
  const key = randomBytes(KEY_LENGTH_IN_BYTES);
  for (const { accountDataStore } of servers) {
    accountDataStore.getAccount = (name) => (name === ACCOUNT ? { name, key1: key } : undefined);
  }
  const started = await Promise.allSettled(servers.map((server) => server.start()));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure) {
    await Promise.all(servers.map((server, index) => started[index]!.status === 'fulfilled' && server.close()));
    for (const journal of journals) journal.close();
    throw unreadable(folder, failure.reason);
  }
  const [blob, queue, table] = servers.map((server) => `${server.getHttpServerAddress()}/${ACCOUNT}`);
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT}`,
      `AccountKey=${key.toString('base64')}`,
      `BlobEndpoint=${blob}`,
      `QueueEndpoint=${queue}`,
      `TableEndpoint=${table}`,
    ].join(';'),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      for (const journal of journals) journal.close();
    },
  };
}

function unreadable(folder: string, reason: unknown): TrailhoundError {
  const message = reason instanceof Error ? reason.message : String(reason);
  return new TrailhoundError('bad-data', `the storage emulator's data in ${folder} cannot be read: ${message}`, {
    hint: 'It was left as it is. Move the folder away to begin anew.',
    cause: reason,
  });
}

/** Positional arguments in Azurite's order; the version is pinned, for the order has changed before. */
function createServers(azurite: AzuriteClasses, folder: string): AzuriteServer[] {
  const at = (name: string) => join(folder, name);
  const extents = (name: string) => [{ locationId: 'Default', locationPath: at(name), maxConcurrency: 50 }];
  const noLogs = [false, undefined, false, undefined];
  const [isLoose, skipsApiVersionCheck] = [false, true];
  const plainHttp = ['', '', '', undefined];
  const rest = [isLoose, skipsApiVersionCheck, ...plainHttp, false, false];
  const network = [HOST, ANY_PORT, KEEP_ALIVE_IN_S];
  const { BlobConfiguration, BlobServer, QueueConfiguration, QueueServer, TableConfiguration, TableServer } = azurite;
  return [
    new BlobServer(
      new BlobConfiguration(
        ...network,
        at('blobs.json'),
        at('blob-extents.json'),
        extents('blobs'),
        ...noLogs,
        ...rest,
      ),
    ),
    new QueueServer(
      new QueueConfiguration(
        ...network,
        at('queues.json'),
        at('queue-extents.json'),
        extents('queues'),
        ...noLogs,
        ...rest,
      ),
    ),
    new TableServer(
      new TableConfiguration(...network, at('tables.json'), ...[false, false, undefined, undefined], ...rest),
    ),
  ];
}

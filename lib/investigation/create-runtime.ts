import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { openSettings } from '../config/settings-store.ts';
import { TrailhoundError } from '../errors.ts';
import { packageRoot } from '../paths.ts';
import { type Connections, openConnections, snapshotConnections } from '../providers/index.ts';
import { azureBlobStore } from '../storage/blob-store.ts';
import { azureInvestigationIndex } from '../storage/investigation-index.ts';
import { cacheOf } from '../storage/lookup-cache.ts';
import { tableCache } from '../storage/table-cache.ts';
import { createServices, describeLocalData } from './create-services.ts';
import type { Runtime } from './runtime.ts';

/** The runtime of a process, with what the triggers need beside it. */
export interface ProcessRuntime extends Runtime {
  /** Absolute paths of the local provider's files and folders, from the settings. */
  readonly dataPaths: readonly string[];
}

/**
 * Makes the runtime from the settings, and follows them when their file changes (but for storage).
 * `TRAILHOUND_EXPORT_FOLDER` names a folder in which every blob is also a file, `TRAILHOUND_CACHE_FOLDER` where copies and
 * loaded data are kept (default: in the system's temporary folder).
 */
export async function createRuntime(env: Connections['env']): Promise<ProcessRuntime> {
  const store = openSettings({ env });
  const settings = store.current();
  const storage = await storageClients(openConnections(settings, env));
  const cacheFolder = env['TRAILHOUND_CACHE_FOLDER'] ?? join(tmpdir(), 'trailhound-cache');
  const container = storage.blobs.getContainerClient(settings.storage.container);
  const cache = tableCache(storage.table('trailhoundcache'), Date.now);
  const connectionsOf = snapshotConnections(() => store.current(), env);
  return {
    settings: () => store.current(),
    connections: connectionsOf,
    get dataPaths() {
      return store.current().dataPaths.map((path) => resolve(path));
    },
    blobs: azureBlobStore(container, env['TRAILHOUND_EXPORT_FOLDER']),
    index: azureInvestigationIndex(storage.table('trailhoundindex')),
    cacheFolder,
    versions: { trailhound: ownVersion() },
    services: (reach, scratchFolder) => {
      const { settings: own, tenant, workspace, dataPaths } = reach;
      return createServices({
        connections: connectionsOf(own),
        cache: tenant === null ? cache : cacheOf(cache, tenant),
        cacheFolder,
        dataPaths,
        scratchFolder,
        scope: workspace === null ? {} : { workspace },
      });
    },
    describeData: (dataPaths) => describeLocalData(dataPaths, cacheFolder),
  };
}

async function storageClients({ settings, secrets, credential }: Connections) {
  const { connectionString, accountUrl, tableUrl } = settings.storage;
  if (connectionString) {
    const text = await secrets.read(connectionString);
    // Only the emulator speaks plain HTTP, and the client has to be told that this is meant.
    const allowInsecureConnection =
      /Endpoint=http:|DefaultEndpointsProtocol=http(;|$)|UseDevelopmentStorage=true/i.test(text);
    return {
      blobs: BlobServiceClient.fromConnectionString(text),
      table: (name: string) => TableClient.fromConnectionString(text, name, { allowInsecureConnection }),
    };
  }
  if (!accountUrl) {
    throw new TrailhoundError('usage', 'no storage is configured', {
      hint: 'Set storage.accountUrl (with an identity) or storage.connectionString in trailhound.yaml or as an app setting.',
    });
  }
  const tables = tableUrl ?? accountUrl.replace('.blob.', '.table.');
  return {
    blobs: new BlobServiceClient(accountUrl, credential()),
    table: (name: string) => new TableClient(tables, name, credential()),
  };
}

function ownVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

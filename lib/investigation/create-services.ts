import { join } from 'node:path';
import { settingAt } from '../config/settings.ts';
import { type Connections, type InvestigationScope, openProvider } from '../providers/index.ts';
import { type LocalData, LocalProvider, loadLocalData } from '../providers/local/index.ts';
import type { QueryProvider } from '../providers/provider.ts';
import { uploadTable } from '../providers/upload.ts';
import type { LookupCache } from '../storage/lookup-cache.ts';
import { answersInWorker } from '../verbs/answer-worker.ts';
import { kqlInWorker } from '../verbs/kql-task.ts';
import type { VerbServices } from '../verbs/services.ts';
import type { DataDescription } from './runtime.ts';

export interface ServicesOptions {
  readonly connections: Connections;
  readonly cache: LookupCache;
  readonly cacheFolder: string;
  /** Files and folders of the provider `local`. */
  readonly dataPaths: readonly string[];
  /** A folder of the caller's alone, for results on their way; removed by the caller. */
  readonly scratchFolder: string;
  /** Default: about no workspace in particular. */
  readonly scope?: InvestigationScope;
}

/** What verbs that run on the main thread reach, for an investigation over these files and folders. */
export function createServices(options: ServicesOptions): VerbServices {
  const { connections, cache, cacheFolder, dataPaths, scratchFolder, scope = {} } = options;
  const { settings, secrets } = connections;
  const resultFolder = join(scratchFolder, 'results');
  return {
    async provider(name): Promise<QueryProvider> {
      const kql = kqlInWorker(cacheFolder);
      // The data of an investigation is a snapshot of the setting, which may have changed since.
      if (name !== 'local' || dataPaths.length === 0)
        return openProvider(
          name,
          connections,
          { cacheFolder, resultFolder, kql, answers: answersInWorker(resultFolder) },
          scope,
        );
      return new LocalProvider(await localData(dataPaths, cacheFolder), { resultFolder, kql });
    },
    cache,
    secret: (setting) => secrets.readSetting(setting),
    setting: (path) => settingAt(settings, path),
    fetch,
    upload: (table, request, signal) =>
      uploadTable(connections, table, request, {
        files: { cacheFolder, resultFolder },
        scope,
        ...(signal ? { signal } : {}),
      }),
  };
}

const MAX_LOADED = 4;
const loaded = new Map<string, Promise<LocalData>>();

/**
 * Local data, loaded once for a set of paths as long as the process lives. A few sets are remembered; what is loaded
 * lies on disk, so forgetting one costs little.
 */
export function localData(dataPaths: readonly string[], cacheFolder: string): Promise<LocalData> {
  const key = JSON.stringify([cacheFolder, dataPaths]);
  const known = loaded.get(key);
  if (known) return known;
  const loading = loadLocalData(dataPaths, { cacheFolder });
  loading.catch(() => loaded.delete(key));
  loaded.set(key, loading);
  for (const oldest of loaded.keys()) if (loaded.size > MAX_LOADED) loaded.delete(oldest);
  return loading;
}

/** Loads local data and says what it covers and what could not be read. */
export async function describeLocalData(dataPaths: readonly string[], cacheFolder: string): Promise<DataDescription> {
  if (dataPaths.length === 0) return { extent: null, warnings: [] };
  const { tables, warnings } = await localData(dataPaths, cacheFolder);
  const ranges = tables.flatMap(({ timeRange }) => timeRange ?? []);
  if (ranges.length === 0) return { extent: null, warnings };
  const start = ranges.reduce((least, { min }) => (min < least ? min : least), ranges[0]!.min);
  const end = ranges.reduce((most, { max }) => (max > most ? max : most), ranges[0]!.max);
  return { extent: { start, end: end + 1n }, warnings };
}

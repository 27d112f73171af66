import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import type { LocalData } from './local/index.ts';
import type { LeafFile } from './local/leaf-files.ts';
import type { QueryProvider } from './provider.ts';
import { filesBelow } from './walk-files.ts';

/** What a collection has beside results: what was asked, what was uploaded, what the collector did. */
const CONTAINER =
  /(?:^|[/!])(?:client_info|collection_context|logs?|requests?|uploads?|metadata)\.(?:json|csv)$|(?:^|[/!])uploads\//i;
const RESULT = /\.(?:jsonl?|csv)$/i;
const IN_RESULTS = /(?:^|[/!])results\//i;

/**
 * Results of Velociraptor's offline collector (folders, or the collection's zip): each artifact is a table named after
 * it, as `Windows_System_Pslist`, with its source if it has several (`Windows_KapeFiles_Targets_Uploads`).
 *
 * Source: docs.velociraptor.app/docs/deployment/offline_collections/ (the collection's container)
 */
export function velociraptor(name: string, options: SettingsOf<'velociraptor'>, files: FileResources): QueryProvider {
  return fileProvider(name, (signal) => load(options.paths, files, signal), files);
}

/** Lays the results out, each under the name of its table, and loads them. */
async function load(
  paths: readonly string[],
  files: FileResources,
  signal: AbortSignal | undefined,
): Promise<LocalData> {
  const { leafFiles } = await import('./local/leaf-files.ts');
  const { copyBounded } = await import('./local/archives/bounded.ts');
  const found = (await Promise.all(paths.map(filesBelow))).flat();
  const identity = JSON.stringify(found.map(({ path, size, mtimeMs }) => [path, size, mtimeMs]));
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  const folder = join(files.resultFolder, `velociraptor-${hash}-${process.pid}`);
  const scratch = join(folder, 'scratch');
  const staged = join(folder, 'tables');
  await mkdir(scratch, { recursive: true });
  const warnings: Warning[] = [];
  const taken = new Map<string, { readonly path: string; readonly isJson: boolean }>();
  // Where a path has folders of results, nothing else of it is a result.
  const hasResults = found.some(({ name }) => IN_RESULTS.test(name));

  const take = async (leaf: LeafFile): Promise<void> => {
    const { name } = leaf;
    const isInArchive = name.includes('!');
    if (!RESULT.test(name) || CONTAINER.test(name)) return;
    if (!IN_RESULTS.test(name) && (hasResults || isInArchive)) return;
    const isJson = !/\.csv$/i.test(name);
    // A collector may write an artifact in both formats: the rows are the same.
    const key = name.replace(RESULT, '');
    const twin = taken.get(key);
    if (twin && (twin.isJson || !isJson)) return;
    if (twin) await rm(twin.path);
    const at = join(staged, String(taken.size));
    await mkdir(at, { recursive: true });
    const path = join(at, `${tableNameOf(name)}.${isJson ? 'json' : 'csv'}`);
    await copyBounded(await leaf.open(), path, leaf.budget);
    taken.set(key, { path, isJson });
  };
  try {
    for (const file of found) {
      for await (const each of leafFiles(file.path, file.name, scratch)) {
        signal?.throwIfAborted();
        if ('leaf' in each) await take(each.leaf);
        else if ('loss' in each)
          warnings.push({ code: 'data-not-read', message: `${each.loss.name}: ${each.loss.reason}` });
      }
    }
    if (taken.size === 0) {
      throw new TrailhoundError('not-found', `there are no results of Velociraptor in ${paths.join(', ')}`, {
        hint: 'Name the zip of a collection, its folder, or a folder of results (*.json).',
      });
    }
    const data = await loadFiles([staged], files, signal);
    return { ...data, warnings: [...warnings, ...data.warnings] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An artifact's name, which has its slashes escaped, as a table's. */
function tableNameOf(name: string): string {
  const base = name.split(/[/!]/).at(-1)!.replace(RESULT, '');
  const artifact = base.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return artifact.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 120) || 'results';
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TrailhoundError } from '../lib/errors.ts';
import { packageRoot } from '../lib/paths.ts';

export interface OpenHostOptions {
  /** Absolute path of the state folder. */
  readonly folder: string;
  /** Absolute paths of the local data; empty: those of the settings. */
  readonly dataPaths: readonly string[];
  /** 0: any free port. */
  readonly port: number;
  /** Run hunts on their schedules. */
  readonly hunts: boolean;
  /** Receives what app and host have to say, a line at a time. */
  readonly log: (line: string) => void;
}

/** The embedded host with the app, as commands use it; it stops when it is disposed of. */
export interface OpenHost extends AsyncDisposable {
  /** `http://127.0.0.1:7071` */
  readonly address: string;
  /** Rejects with the reason when the host cannot go on; to be raced with the work. */
  readonly failed: Promise<never>;
}

/** Where loaded data is kept by content, for the host and for commands that read it themselves. */
export function cacheFolder(stateFolder: string): string {
  return join(stateFolder, 'cache');
}

/** Starts the embedded host over the built app, with all state and files in one folder. */
export async function openHost({ folder, dataPaths, port, hunts, log }: OpenHostOptions): Promise<OpenHost> {
  const appFile = join(packageRoot(), 'dist', 'app.cjs');
  if (!existsSync(appFile)) {
    throw new TrailhoundError('not-found', `${appFile} is missing`, { hint: 'Build it: npm run build' });
  }
  // The host, its database and the storage emulator are only loaded by the commands that need them.
  const { startEmbeddedHost } = await import('../local/embedded-host.ts');
  const host = await startEmbeddedHost({
    appFile,
    folder,
    port,
    timers: hunts,
    log,
    settings: {
      TRAILHOUND_EXPORT_FOLDER: join(folder, 'export'),
      TRAILHOUND_CACHE_FOLDER: cacheFolder(folder),
      // On this machine state lies in the folder, whatever storage the settings name for Azure.
      TRAILHOUND__storage: JSON.stringify({ connectionString: 'env:AzureWebJobsStorage' }),
      ...(dataPaths.length > 0 ? { TRAILHOUND__dataPaths: JSON.stringify(dataPaths) } : {}),
      ...(hunts ? {} : { TRAILHOUND_HUNTS: 'off' }),
      TRAILHOUND_PLAYBOOK_FILES: 'on',
      TRAILHOUND_TASK_HUB: 'trailhound',
    },
  });
  const failed = host.failure.then((error) => Promise.reject(error));
  // Nobody may be waiting for it when it happens.
  failed.catch(() => undefined);
  return { address: host.url, failed, [Symbol.asyncDispose]: () => host.stop() };
}

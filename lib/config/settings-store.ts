import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { toErrorInfo } from '../errors.ts';
import type { Environment } from './environment.ts';
import { loadSettings, SETTINGS_FILE, type Settings } from './settings.ts';

export interface SettingsStoreOptions {
  readonly file?: string;
  readonly env: Environment;
  /** Told of a changed file that is wrong: the settings before it stay in force. Default: standard error. */
  readonly onProblem?: (message: string) => void;
  /** How often the file is looked at, at most. Default 2 s. */
  readonly lookEveryInMs?: number;
  readonly clockInMs?: () => number;
}

/** The settings as they are now. */
export interface SettingsStore {
  /** The same object as long as the file does not change. Whoever must not see a change keeps the object. */
  current(): Settings;
}

/**
 * Settings that follow their file without a restart. A change that is wrong is reported and not taken.
 *
 * @throws as `loadSettings`, when they are loaded first
 */
export function openSettings(options: SettingsStoreOptions): SettingsStore {
  const { file, env, lookEveryInMs = 2_000, clockInMs = Date.now } = options;
  const onProblem = options.onProblem ?? ((message) => process.stderr.write(`${message}\n`));
  const load = () => loadSettings({ env, ...(file === undefined ? {} : { file }) });
  const path = resolve(file ?? env['TRAILHOUND_SETTINGS_FILE'] ?? SETTINGS_FILE);
  let mark = markOf(path);
  let settings = load();
  let lookedAtInMs = clockInMs();
  return {
    current() {
      const now = clockInMs();
      if (now - lookedAtInMs < lookEveryInMs) return settings;
      lookedAtInMs = now;
      const seen = markOf(path);
      if (seen === mark) return settings;
      mark = seen;
      try {
        settings = load();
      } catch (error) {
        onProblem(`the changed settings are not taken: ${toErrorInfo(error).message}`);
      }
      return settings;
    },
  };
}

/** What differs when a file was changed; empty if it is not there. */
function markOf(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  return info ? `${info.mtimeMs} ${info.size} ${info.ino}` : '';
}

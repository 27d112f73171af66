import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { toErrorInfo } from '../errors.ts';
import type { Environment } from './environment.ts';
import { fileOfEnvironment, loadSettings, SETTINGS_FILE, type Settings } from './settings.ts';

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

/** A file that was written less than this ago may still be written to. */
const SETTLED_AFTER_IN_MS = 250;

/**
 * Settings that follow their file without a restart. A change that is wrong is reported and not taken; one that may be
 * half written, or an empty or absent file, which an editor leaves for a moment, is looked at once more first.
 *
 * @throws as `loadSettings`, when they are loaded first
 */
export function openSettings(options: SettingsStoreOptions): SettingsStore {
  const { file, env, lookEveryInMs = 2_000, clockInMs = Date.now } = options;
  const onProblem = options.onProblem ?? ((message) => process.stderr.write(`${message}\n`));
  const load = () => loadSettings({ env, ...(file === undefined ? {} : { file }) });
  const path = resolve(file ?? fileOfEnvironment(env) ?? SETTINGS_FILE);
  let mark = markOf(path)?.text;
  let settings = load();
  let lookedAtInMs = clockInMs();
  /** A mark that is believed when it is seen again. */
  let doubted: string | undefined;
  return {
    current() {
      const now = clockInMs();
      if (now - lookedAtInMs < lookEveryInMs) return settings;
      lookedAtInMs = now;
      const seen = markOf(path);
      if (seen?.text === mark) return settings;
      const ageInMs = seen ? now - seen.writtenAtInMs : 0;
      const isDoubtful = !seen || seen.size === 0 || (ageInMs >= 0 && ageInMs < SETTLED_AFTER_IN_MS);
      const text = seen?.text ?? 'absent';
      if (isDoubtful && doubted !== text) {
        doubted = text;
        return settings;
      }
      mark = seen?.text;
      try {
        settings = load();
      } catch (error) {
        onProblem(`the changed settings are not taken: ${toErrorInfo(error).message}`);
      }
      return settings;
    },
  };
}

/** What differs when a file was changed; undefined if it is not there. */
function markOf(path: string): { text: string; size: number; writtenAtInMs: number } | undefined {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return undefined;
  const { mtimeMs, ctimeMs, size, ino } = info;
  return { text: `${mtimeMs} ${ctimeMs} ${size} ${ino}`, size, writtenAtInMs: mtimeMs };
}

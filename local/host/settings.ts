import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrailhoundError } from '../../lib/errors.ts';

/** What this host reads of `host.json`. */
export interface HostSettings {
  /** Folder of `host.json`, or of the app's bundle where there is none. */
  readonly appFolder: string;
  readonly routePrefix: string;
  readonly taskHub: string;
  readonly maxActivities: number;
}

interface HostJson {
  extensions?: {
    http?: { routePrefix?: string };
    durableTask?: { hubName?: string; maxConcurrentActivityFunctions?: number };
  };
}

const DEFAULT_MAX_ACTIVITIES = 10;
const DEFAULT_TASK_HUB = 'TrailhoundHub';

/** Reads the nearest `host.json` at or above the app's bundle. */
export function readHostSettings(appFile: string): HostSettings {
  const file = findUpwards(dirname(appFile), 'host.json');
  const json = file ? parse(file) : {};
  const { http, durableTask } = json.extensions ?? {};
  return {
    appFolder: dirname(file ?? appFile),
    routePrefix: http?.routePrefix ?? 'api',
    taskHub: taskHubOf(durableTask?.hubName),
    maxActivities: durableTask?.maxConcurrentActivityFunctions ?? DEFAULT_MAX_ACTIVITIES,
  };
}

/** Here the hub's name is only shown in links, so a setting that Azure needs for it may be missing. */
function taskHubOf(given: string | undefined): string {
  const isResolvable =
    given?.replace(/%([^%]+)%/g, (_, name: string) => process.env[name] ?? '%').includes('%') === false;
  return isResolvable ? resolveSettings(given!) : DEFAULT_TASK_HUB;
}

/** Replaces each `%NAME%` by the setting of that name. @throws {TrailhoundError} `usage` when there is none */
export function resolveSettings(text: string): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new TrailhoundError('usage', `the setting ${name} ("${text}") is missing`);
    return value;
  });
}

function parse(file: string): HostJson {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as HostJson;
  } catch (thrown) {
    throw new TrailhoundError('usage', `${file} is not valid JSON`, { cause: thrown });
  }
}

function findUpwards(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return join(at, name);
    if (at === dirname(at)) return undefined;
  }
}

import type { Settings } from '../config/settings.ts';
import { type Connections, type Environment, openConnections } from './connections.ts';

/** So many copies of settings are kept open at once; opening one anew costs its tokens and cached secrets. */
const MOST_OPEN = 8;

/**
 * Connections for stored copies of settings: an investigation goes on with those that it began with, whatever becomes
 * of the file meanwhile. A copy holds no secrets; they are read from where they lie now, so that rotation reaches an
 * investigation under way.
 *
 * @param current the settings as they are now
 * @example const connectionsOf = snapshotConnections(() => store.current(), process.env);
 */
export function snapshotConnections(current: () => Settings, env: Environment): (settings: Settings) => Connections {
  const opened = new Map<string, Connections>();
  return (settings) => {
    const key = JSON.stringify(settings);
    const connections = opened.get(key) ?? openConnections(settings, env, { literals: current });
    // The one used last stands last; the first is the one to forget.
    opened.delete(key);
    opened.set(key, connections);
    for (const oldest of opened.keys()) if (opened.size > MOST_OPEN) opened.delete(oldest);
    return connections;
  };
}

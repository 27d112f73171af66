import type { SettingsStore } from '../config/settings-store.ts';
import { type ConnectionOptions, type Connections, type Environment, openConnections } from './connections.ts';

/**
 * Connections that follow the settings: after a change the next use opens them anew. What was taken from them before
 * (a provider, a credential) goes on as it was.
 */
export function openLiveConnections(
  store: SettingsStore,
  env: Environment,
  options: ConnectionOptions = {},
): Connections {
  let opened = openConnections(store.current(), env, options);
  const now = (): Connections => {
    const settings = store.current();
    if (settings !== opened.settings) opened = openConnections(settings, env, options);
    return opened;
  };
  return {
    get settings() {
      return now().settings;
    },
    env,
    get secrets() {
      return now().secrets;
    },
    get keyVault() {
      return now().keyVault;
    },
    credential: (connection) => now().credential(connection),
    cloud: (connection) => now().cloud(connection),
    client: (...given) => now().client(...given),
    plainClient: (given) => now().plainClient(given),
  };
}

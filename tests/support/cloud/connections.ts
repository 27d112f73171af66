import type { RenewableCredential } from '../../../lib/azure/credential.ts';
import { parseSettings } from '../../../lib/config/settings.ts';
import { type Connections, openConnections } from '../../../lib/providers/connections.ts';

/** Connections of settings in YAML whose tokens are made up, and whose pauses take no time but are recorded. */
export function testConnections(
  yaml: string,
  env: Readonly<Record<string, string>> = {},
): Connections & { readonly pauses: number[]; readonly tokens: () => number } {
  const pauses: number[] = [];
  let tokens = 0;
  const sleep = async (durationInMs: number) => {
    pauses.push(durationInMs);
  };
  const settings = parseSettings(yaml, 'trailhound.yaml', env);
  let current = 1;
  const credential: RenewableCredential = {
    getToken: async (scopes) => {
      tokens++;
      return { token: `token-${current}-for-${[scopes].flat().join('+')}`, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
    renew: () => {
      current++;
    },
  };
  const opened = openConnections(settings, env, { sleep, credential: () => credential });
  return { ...opened, pauses, tokens: () => tokens };
}

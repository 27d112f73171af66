import { nearest } from '../config/nearest.ts';
import { settingAt } from '../config/settings.ts';
import type { Connections } from '../providers/connections.ts';
import { memoryCache } from '../storage/lookup-cache.ts';
import { lookUp, type Observable, type ProviderDescriptor, THREAT_INTEL_PROVIDERS } from '../threat-intel/index.ts';
import { accessTo } from '../verbs/lookup.ts';
import type { Check, CheckResult } from './check.ts';

/** What every service knows and nobody minds: names that are reserved for examples, and the hash of nothing. */
const HARMLESS: readonly Observable[] = [
  { type: 'dns', value: 'example.com' },
  { type: 'url', value: 'https://example.com/' },
  { type: 'sha256_hash', value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  { type: 'md5_hash', value: 'd41d8cd98f00b204e9800998ecf8427e' },
  { type: 'ipv4', value: '8.8.8.8' },
];
const MAX_WAIT_IN_MS = 2_000;

/** Whether each threat-intelligence service of the settings answers: one question, of its quota. */
export function threatIntelChecks(connections: Connections): Check[] {
  return Object.entries(connections.settings.threatIntel)
    .filter(([name]) => name !== 'localFiles')
    .map(([name]) => ({ name: `threat intelligence ${name}`, run: (signal) => ask(connections, name, signal) }));
}

async function ask(connections: Connections, name: string, signal: AbortSignal): Promise<Omit<CheckResult, 'name'>> {
  const { settings, secrets } = connections;
  const descriptor = THREAT_INTEL_PROVIDERS.find(({ id }) => id === name);
  if (!descriptor) {
    const ids = THREAT_INTEL_PROVIDERS.map(({ id }) => id);
    const near = nearest(name, ids);
    const hint = near ? `Did you mean "${near}"?` : `There are: ${ids.join(', ')}`;
    return { status: 'warning', detail: 'there is no such service here: it is not asked', hint };
  }
  if (settingAt(settings, `threatIntel.${name}.enabled`) === false)
    return { status: 'skipped', detail: 'is switched off' };
  const services = {
    setting: (path: string) => settingAt(settings, path),
    secret: (path: string) => secrets.readSetting(path),
    fetch,
  };
  const access = await accessTo(name, services, MAX_WAIT_IN_MS, signal);
  if (!access) {
    return {
      status: 'failed',
      detail: 'has no key in the settings and is not asked',
      hint: `A key is had at ${descriptor.docs}`,
      command: `trailhound config set threatIntel.${name}.key kv:${name}-key`,
    };
  }
  const observable = HARMLESS.find(({ type }) => descriptor.types.includes(type));
  if (!observable) return { status: 'skipped', detail: 'takes nothing that could be asked without harm' };
  const options = {
    indicators: null,
    providers: [access],
    cache: memoryCache(Date.now),
    safety: { neverSend: [], isGlobalIp: () => true },
    maxRequests: 1,
    nowInMs: Date.now(),
  };
  const { results } = await lookUp([observable], options);
  return judged(results[0]!.answers[0]!.answer, descriptor, name);
}

function judged(
  { status, detail }: { status: string; detail: string },
  { docs }: ProviderDescriptor,
  name: string,
): Omit<CheckResult, 'name'> {
  if (status === 'found' || status === 'not-found') return { status: 'ok', detail: 'answers' };
  if (status === 'quota') return { status: 'warning', detail, hint: 'It will be asked again when it has quota left.' };
  if (status !== 'unauthorized') return { status: 'failed', detail, hint: `Look at the address and at ${docs}` };
  return {
    status: 'failed',
    detail,
    hint: `The key is wrong, or its plan does not allow look-ups: ${docs}`,
    command: `trailhound config set threatIntel.${name}.key kv:${name}-key`,
  };
}

import { TrailhoundError } from '../../errors.ts';
import type { ProviderDescriptor } from './descriptor.ts';
import { virustotal } from './virustotal.ts';

/** All services that can be asked, in the order in which they are. */
export const THREAT_INTEL_PROVIDERS: readonly ProviderDescriptor[] = [virustotal];

/** The name under which indicator files answer. */
export const LOCAL_PROVIDER = 'local';

/** The service of a name, or a usage error that lists what there is. */
export function getThreatIntelProvider(id: string): ProviderDescriptor {
  const found = THREAT_INTEL_PROVIDERS.find((provider) => provider.id === id);
  if (found) return found;
  const known = [LOCAL_PROVIDER, ...THREAT_INTEL_PROVIDERS.map((provider) => provider.id)];
  throw new TrailhoundError('usage', `there is no threat-intelligence provider "${id}"`, {
    hint: `There are: ${known.join(', ')}`,
  });
}

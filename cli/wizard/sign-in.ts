import { CLOUD_NAMES } from '../../lib/azure/clouds.ts';
import { CREDENTIAL_METHODS } from '../../lib/config/identity-schema.ts';
import type { Settings } from '../../lib/config/settings.ts';
import { askSecretReference } from './secrets.ts';
import { askFor, current, type State, set } from './state.ts';

export async function editIdentity(state: State): Promise<void> {
  const { cloud, endpoints } = current(state);
  await askFor(state, 'cloud', `Cloud (${CLOUD_NAMES.join(', ')})`, cloud);
  const manager = 'Resource Manager of a private cloud';
  await askFor(state, 'endpoints.resourceManager', manager, endpoints.resourceManager);
  await editSignIn(state, '', current(state).identity);
}

/** How to sign in: of the settings, or of a workspace (`base` is its field and a dot). */
export async function editSignIn(state: State, base: string, identity: Partial<Settings['identity']>): Promise<void> {
  const ask = (field: string, label: string, fallback?: string) =>
    askFor(state, `${base}identity.${field}`, label, fallback);
  const ways = `Ways to sign in, in order (${CREDENTIAL_METHODS.join(', ')})`;
  await ask('methods', ways, identity.methods?.join(', '));
  if (base === '') await ask('tenantId', 'Tenant id', identity.tenantId);
  await ask('clientId', 'Client id of an app registration or user-assigned identity', identity.clientId);
  const methods = (base === '' ? current(state) : workspaceAt(state, base)).identity?.methods ?? [];
  const secretFor = async (field: string, label: string) => {
    const reference = await askSecretReference(state, `trailhound-${field}`, label);
    if (reference !== undefined) set(state, `${base}identity.${field}`, reference);
  };
  if (methods.includes('client-secret')) await secretFor('clientSecret', 'Secret of the app registration');
  if (!methods.includes('certificate')) return;
  await ask('certificatePath', 'PEM file with certificate and private key', identity.certificatePath);
  await secretFor('certificatePassword', 'Password of the certificate');
}

export function workspaceAt(state: State, base: string): Partial<Settings['workspaces'][number]> {
  return current(state).workspaces[Number(/\d+/.exec(base)?.[0])] ?? {};
}

import { CLOUD_NAMES, CLOUDS, type CloudName, cloudNameOf, RETIRED_CLOUDS } from '../../azure/clouds.ts';
import type { CredentialMethod } from '../identity-schema.ts';
import { field, guidOf, secretOf, urlOf } from './fields.ts';
import type { Part } from './source.ts';

const METHODS: Readonly<Record<string, CredentialMethod>> = {
  env: 'env',
  environment: 'env',
  cli: 'cli',
  msi: 'managed-identity',
  managedidentity: 'managed-identity',
  managed_identity: 'managed-identity',
  powershell: 'powershell',
  interactive: 'interactive',
  interactive_browser: 'interactive',
  devicecode: 'device-code',
  device_code: 'device-code',
  device: 'device-code',
  clientsecret: 'client-secret',
  client_secret: 'client-secret',
  certificate: 'certificate',
  cert: 'certificate',
};

/** Cloud, sign-in and Key Vault. */
export function importAzure(root: Part): Record<string, unknown> {
  const azure = root.at('Azure');
  const { cloud, endpoints } = cloudAndEndpoints(azure);
  const identity = identityOf(root, azure);
  return {
    ...field('cloud', cloud === 'global' ? undefined : cloud),
    ...field('identity', Object.keys(identity).length > 0 ? identity : undefined),
    ...field('endpoints', endpoints),
    ...field('keyVault', keyVaultOf(root.at('KeyVault'), cloud, identity['tenantId'])),
  };
}

/** MSTICPy lets the address of a Resource Manager overrule the cloud. */
function cloudAndEndpoints(azure: Part): { cloud: CloudName | undefined; endpoints?: object } {
  const cloud = usableCloud(azure.at('cloud'));
  const resourceManager = urlOf(azure.at('resource_manager_url'))?.replace(/\/+$/, '');
  if (resourceManager === undefined) return { cloud };
  const known = CLOUD_NAMES.find((name) => CLOUDS[name].resourceManager.url === resourceManager);
  return known ? { cloud: known } : { cloud, endpoints: { resourceManager } };
}

function usableCloud(part: Part): CloudName | undefined {
  const text = part.text();
  if (text === undefined) return undefined;
  const known = cloudNameOf(text);
  if (known !== undefined && known !== 'de') return known;
  const reason =
    known === 'de'
      ? `"${text}" was retired on ${RETIRED_CLOUDS.de.retiredOn}: use ${RETIRED_CLOUDS.de.replacement}`
      : `there is no cloud "${text}"; there are: ${CLOUD_NAMES.join(', ')}`;
  part.note(`cannot be used: ${reason}. It is left out, and what is not set is global`);
  return undefined;
}

function identityOf(root: Part, azure: Part): Record<string, unknown> {
  const app = appRegistration(root);
  const own = azure.at('auth_methods');
  const given = own.texts();
  const methods = given.flatMap((method) => {
    const known = METHODS[method.toLowerCase()];
    if (!known) own.note(`"${method}" has no counterpart`);
    // What MSTICPy puts into the environment for `env` is a setting of ours.
    return known === 'env' && app.clientSecret ? 'client-secret' : (known ?? []);
  });
  if (methods.length === 0 && app.clientSecret) methods.push('client-secret');
  const tenantId = guidOf(azure.at('tenant_id')) ?? app.tenantId;
  return {
    ...field('methods', methods.length > 0 ? [...new Set(methods)] : undefined),
    ...field('tenantId', tenantId),
    ...(app.clientId ? { clientId: app.clientId, ...field('clientSecret', app.clientSecret) } : {}),
  };
}

function appRegistration(root: Part): { clientId?: string; clientSecret?: string; tenantId?: string } {
  for (const section of [root.at('DataProviders').at('AzureCLI'), root.at('AzureCLI')]) {
    const args = section.at('Args');
    const clientId = guidOf(args.at('clientId'));
    const tenantId = guidOf(args.at('tenantId'));
    const clientSecret = secretOf(args.at('clientSecret'));
    if (clientId && clientSecret) return { clientId, clientSecret, ...(tenantId ? { tenantId } : {}) };
    args.at('clientSecret').note('needs a clientId');
  }
  return {};
}

function keyVaultOf(vault: Part, common: CloudName | undefined, tenantId: unknown): string | undefined {
  const name = vault.at('VaultName').formed(/^[0-9A-Za-z-]{3,24}$/, 'name of a Key Vault');
  const authority = vault.at('Authority');
  const text = authority.text();
  for (const part of ['SubscriptionId', 'ResourceGroup', 'AzureRegion', 'UseKeyring']) vault.at(part).pass();
  if (guidOf(vault.at('TenantId')) !== tenantId) {
    vault.at('TenantId').note('the identity of the settings opens the vault: see that it is of this tenant');
  }
  vault.at('AuthnType').note('the identity of the settings opens the vault');
  if (!name) return undefined;
  const cloud = text === undefined ? (common ?? 'global') : usableCloud(authority);
  return cloud && `https://${name}.${CLOUDS[cloud].keyVaultSuffix}`;
}

import { existsSync } from 'node:fs';
import type { TokenCredential } from '@azure/identity';
import { type Cloud, INSTANCE_METADATA } from './clouds.ts';
import { clientEndpoint } from './loopback-transport.ts';

/** The ways to sign in, as settings name them. */
export type CredentialMethod =
  | 'env'
  | 'workload-identity'
  | 'managed-identity'
  | 'cli'
  | 'powershell'
  | 'interactive'
  | 'device-code'
  | 'client-secret'
  | 'certificate';

/** Who signs in where. */
export interface SignIn {
  readonly cloud: Cloud;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  /** References; `secret` reads them at the moment of use. */
  readonly clientSecret?: string | undefined;
  readonly certificatePath?: string | undefined;
  readonly certificatePassword?: string | undefined;
  readonly secret: (reference: string) => Promise<string>;
  /** Shows the device code to the user. */
  readonly tell: (message: string) => void;
}

/** Thrown by a method that cannot even be tried; the chain goes on with the next. */
export class NotApplicable extends Error {}

interface Method {
  make(signIn: SignIn): Promise<TokenCredential>;
  /** What the user does when it fails. */
  advice(signIn: SignIn): string;
  /** Needs a person at a screen. */
  readonly needsPerson?: boolean;
}

/** The names by which Azure's command-line tools know the clouds. */
const TOOL_NAMES = {
  global: 'AzureCloud',
  usgov: 'AzureUSGovernment',
  'usgov-dod': 'AzureUSGovernment',
  cn: 'AzureChinaCloud',
} as const;

const IMDS_PROBE_IN_MS = 1000;

/** A method each; the chain tries them in the order of the settings. */
export const CREDENTIAL_METHODS: Readonly<Record<CredentialMethod, Method>> = {
  env: {
    async make(signIn) {
      const { env } = signIn;
      const tenantId = env['AZURE_TENANT_ID'];
      const clientId = env['AZURE_CLIENT_ID'];
      const missing = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'].filter((name) => !env[name]);
      if (!tenantId || !clientId) throw new NotApplicable(`${missing.join(' and ')} not set`);
      if (env['AZURE_CLIENT_SECRET']) return secretCredential(signIn, tenantId, clientId, 'env:AZURE_CLIENT_SECRET');
      const path = env['AZURE_CLIENT_CERTIFICATE_PATH'];
      if (!path) throw new NotApplicable('neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set');
      const password = env['AZURE_CLIENT_CERTIFICATE_PASSWORD'] ? 'env:AZURE_CLIENT_CERTIFICATE_PASSWORD' : undefined;
      return certificateCredential(signIn, tenantId, clientId, path, password);
    },
    advice: () =>
      'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH), and check that the secret has not expired.',
  },
  'workload-identity': {
    async make({ env, cloud, tenantId, clientId }) {
      const tokenFilePath = env['AZURE_FEDERATED_TOKEN_FILE'];
      const tenant = tenantId ?? env['AZURE_TENANT_ID'];
      const client = clientId ?? env['AZURE_CLIENT_ID'];
      if (!tokenFilePath || !tenant || !client) {
        throw new NotApplicable('AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID or AZURE_CLIENT_ID not set');
      }
      const { WorkloadIdentityCredential } = await import('@azure/identity');
      return new WorkloadIdentityCredential({ ...authority(cloud), tokenFilePath, tenantId: tenant, clientId: client });
    },
    advice: () => 'Runs in Kubernetes with workload identity alone: check the annotation of the service account.',
  },
  'managed-identity': {
    async make({ env, clientId }) {
      const hosted = env['IDENTITY_ENDPOINT'] ?? env['MSI_ENDPOINT'];
      if (!hosted && !(await imdsAnswers())) throw new NotApplicable('this machine has no managed identity');
      const { ManagedIdentityCredential } = await import('@azure/identity');
      const chosen = clientId ?? env['AZURE_CLIENT_ID'];
      return chosen ? new ManagedIdentityCredential({ clientId: chosen }) : new ManagedIdentityCredential();
    },
    advice: ({ clientId }) =>
      clientId
        ? 'Assign the user-assigned identity of identity.clientId to the app: az functionapp identity assign --identities …'
        : 'Switch the identity of the app on: az functionapp identity assign --name … --resource-group …',
  },
  cli: {
    async make({ tenantId }) {
      const { AzureCliCredential } = await import('@azure/identity');
      return new AzureCliCredential({ ...(tenantId ? { tenantId } : {}), processTimeoutInMs: 30_000 });
    },
    advice: ({ cloud, tenantId }) => {
      const set = cloud.name === 'global' ? '' : `az cloud set --name ${TOOL_NAMES[cloud.name]} && `;
      return `Run: ${set}az login${tenantId ? ` --tenant ${tenantId}` : ''}`;
    },
  },
  powershell: {
    async make({ tenantId }) {
      const { AzurePowerShellCredential } = await import('@azure/identity');
      return new AzurePowerShellCredential({ ...(tenantId ? { tenantId } : {}), processTimeoutInMs: 30_000 });
    },
    advice: ({ cloud, tenantId }) =>
      `Run: Connect-AzAccount -Environment ${TOOL_NAMES[cloud.name]}${tenantId ? ` -Tenant ${tenantId}` : ''}`,
  },
  interactive: {
    needsPerson: true,
    async make({ cloud, tenantId, clientId }) {
      const { InteractiveBrowserCredential } = await import('@azure/identity');
      return new InteractiveBrowserCredential({ ...authority(cloud), ...who(tenantId, clientId) });
    },
    advice: () => 'Sign in in the browser window; where there is no browser, use device-code.',
  },
  'device-code': {
    needsPerson: true,
    async make({ cloud, tenantId, clientId, tell }) {
      const { DeviceCodeCredential } = await import('@azure/identity');
      return new DeviceCodeCredential({
        ...authority(cloud),
        ...who(tenantId, clientId),
        userPromptCallback: (info) => tell(info.message),
      });
    },
    advice: () => 'Open the address that is shown and type the code; your tenant may forbid device codes.',
  },
  'client-secret': {
    async make(signIn) {
      const { tenantId, clientId, clientSecret } = signIn;
      if (!tenantId || !clientId || !clientSecret) {
        throw new NotApplicable('identity.tenantId, identity.clientId and identity.clientSecret must be set');
      }
      return secretCredential(signIn, tenantId, clientId, clientSecret);
    },
    advice: ({ clientId }) =>
      `Check that the secret has not expired: az ad app credential list --id ${clientId ?? '<identity.clientId>'}`,
  },
  certificate: {
    async make(signIn) {
      const { tenantId, clientId, certificatePath, certificatePassword } = signIn;
      if (!tenantId || !clientId || !certificatePath) {
        throw new NotApplicable('identity.tenantId, identity.clientId and identity.certificatePath must be set');
      }
      return certificateCredential(signIn, tenantId, clientId, certificatePath, certificatePassword);
    },
    advice: ({ clientId }) =>
      `Check that the certificate is registered and valid: az ad app credential list --cert --id ${clientId ?? '<identity.clientId>'}`,
  },
};

async function secretCredential(signIn: SignIn, tenantId: string, clientId: string, reference: string) {
  const { ClientSecretCredential } = await import('@azure/identity');
  return new ClientSecretCredential(tenantId, clientId, await signIn.secret(reference), authority(signIn.cloud));
}

async function certificateCredential(
  signIn: SignIn,
  tenantId: string,
  clientId: string,
  path: string,
  password: string | undefined,
) {
  if (!existsSync(path)) throw new NotApplicable(`there is no certificate file ${path}`);
  const { ClientCertificateCredential } = await import('@azure/identity');
  const certificate = {
    certificatePath: path,
    ...(password ? { certificatePassword: await signIn.secret(password) } : {}),
  };
  return new ClientCertificateCredential(tenantId, clientId, certificate, authority(signIn.cloud));
}

function who(tenantId: string | undefined, clientId: string | undefined) {
  return { ...(tenantId ? { tenantId } : {}), ...(clientId ? { clientId } : {}) };
}

/** Where to sign in. A private or loopback authority is not asked of the public cloud. */
function authority(cloud: Cloud) {
  const { url, transport } = clientEndpoint(cloud.login);
  return {
    authorityHost: url,
    ...transport,
    ...(transport.httpClient ? { disableInstanceDiscovery: true } : {}),
  };
}

async function imdsAnswers(): Promise<boolean> {
  try {
    await fetch(INSTANCE_METADATA, { headers: { Metadata: 'true' }, signal: AbortSignal.timeout(IMDS_PROBE_IN_MS) });
    return true;
  } catch {
    return false;
  }
}

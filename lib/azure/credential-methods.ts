import type { TokenCredential } from '@azure/identity';
import { certificateFault } from './certificate-file.ts';
import { CLOUDS, type Cloud, INSTANCE_METADATA } from './clouds.ts';
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
  /** Whether somebody is there to see it. */
  readonly isAttended: boolean;
}

/** Thrown by a method that cannot even be tried; the chain goes on with the next. */
export class NotApplicable extends Error {}

interface Method {
  make(signIn: SignIn): Promise<TokenCredential>;
  /** Needs a person at a screen. */
  readonly needsPerson?: boolean;
}

const IMDS_PROBE_IN_MS = 1000;

/** A method each; the chain tries them in the order of the settings. */
export const CREDENTIAL_METHODS: Readonly<Record<CredentialMethod, Method>> = {
  env: {
    async make(signIn) {
      const { env } = signIn;
      // A workspace's own tenant goes before the environment's: an app may be at home in several.
      const tenantId = signIn.tenantId ?? env['AZURE_TENANT_ID'];
      const clientId = env['AZURE_CLIENT_ID'];
      const missing = [tenantId ? '' : 'AZURE_TENANT_ID', clientId ? '' : 'AZURE_CLIENT_ID'].filter((name) => name);
      if (!tenantId || !clientId) throw new NotApplicable(`${missing.join(' and ')} not set`);
      if (env['AZURE_CLIENT_SECRET']) return secretCredential(signIn, tenantId, clientId, 'env:AZURE_CLIENT_SECRET');
      const path = env['AZURE_CLIENT_CERTIFICATE_PATH'];
      if (!path) throw new NotApplicable('neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set');
      const password = env['AZURE_CLIENT_CERTIFICATE_PASSWORD'] ? 'env:AZURE_CLIENT_CERTIFICATE_PASSWORD' : undefined;
      return certificateCredential(signIn, tenantId, clientId, path, password);
    },
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
  },
  'managed-identity': {
    async make({ env, clientId }) {
      const hosted = env['IDENTITY_ENDPOINT'] ?? env['MSI_ENDPOINT'];
      if (!hosted && !(await imdsAnswers())) throw new NotApplicable('this machine has no managed identity');
      const { ManagedIdentityCredential } = await import('@azure/identity');
      const chosen = clientId ?? env['AZURE_CLIENT_ID'];
      return chosen ? new ManagedIdentityCredential({ clientId: chosen }) : new ManagedIdentityCredential();
    },
  },
  cli: {
    async make({ tenantId }) {
      const { AzureCliCredential } = await import('@azure/identity');
      return new AzureCliCredential({ ...(tenantId ? { tenantId } : {}), processTimeoutInMs: 30_000 });
    },
  },
  powershell: {
    async make({ tenantId }) {
      const { AzurePowerShellCredential } = await import('@azure/identity');
      return new AzurePowerShellCredential({ ...(tenantId ? { tenantId } : {}), processTimeoutInMs: 30_000 });
    },
  },
  interactive: {
    needsPerson: true,
    async make(signIn) {
      const { cloud, tenantId, clientId } = signIn;
      if (!signIn.isAttended) throw new NotApplicable('needs a person, and standard error is no terminal');
      if (!mayHaveBrowser(signIn.env)) throw new NotApplicable('there is no screen for a browser (DISPLAY is not set)');
      const { InteractiveBrowserCredential } = await import('@azure/identity');
      return new InteractiveBrowserCredential({ ...authority(cloud), ...who(tenantId, clientId) });
    },
  },
  'device-code': {
    needsPerson: true,
    async make({ cloud, tenantId, clientId, tell, isAttended }) {
      if (!isAttended) throw new NotApplicable('needs a person, and standard error is no terminal');
      const { DeviceCodeCredential } = await import('@azure/identity');
      return new DeviceCodeCredential({
        ...authority(cloud),
        ...who(tenantId, clientId),
        userPromptCallback: (info) => tell(info.message),
      });
    },
  },
  'client-secret': {
    async make(signIn) {
      const { tenantId, clientId, clientSecret } = signIn;
      if (!tenantId || !clientId || !clientSecret) {
        throw new NotApplicable('identity.tenantId, identity.clientId and identity.clientSecret must be set');
      }
      return secretCredential(signIn, tenantId, clientId, clientSecret);
    },
  },
  certificate: {
    async make(signIn) {
      const { tenantId, clientId, certificatePath, certificatePassword } = signIn;
      if (!tenantId || !clientId || !certificatePath) {
        throw new NotApplicable('identity.tenantId, identity.clientId and identity.certificatePath must be set');
      }
      return certificateCredential(signIn, tenantId, clientId, certificatePath, certificatePassword);
    },
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
  const certificatePassword = password ? await signIn.secret(password) : undefined;
  const fault = certificateFault(path, certificatePassword, Date.now());
  if (fault) throw new NotApplicable(fault);
  const { ClientCertificateCredential } = await import('@azure/identity');
  const certificate = {
    certificatePath: path,
    ...(certificatePassword === undefined ? {} : { certificatePassword }),
  };
  return new ClientCertificateCredential(tenantId, clientId, certificate, authority(signIn.cloud));
}

function who(tenantId: string | undefined, clientId: string | undefined) {
  return { ...(tenantId ? { tenantId } : {}), ...(clientId ? { clientId } : {}) };
}

/** Where to sign in. The public cloud is not asked whether a private or loopback authority is one. */
function authority(cloud: Cloud) {
  const { url, transport } = clientEndpoint(cloud.login);
  const isKnown = Object.values(CLOUDS).some(({ login }) => login === cloud.login);
  return { authorityHost: url, ...transport, ...(isKnown ? {} : { disableInstanceDiscovery: true }) };
}

/** Whether a browser window can open: not on a Linux machine without a screen. */
function mayHaveBrowser(env: SignIn['env']): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME']);
}

async function imdsAnswers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(IMDS_PROBE_IN_MS);
    const { ok } = await fetch(INSTANCE_METADATA, { headers: { Metadata: 'true' }, redirect: 'manual', signal });
    // What else answers at that address (a proxy, a portal) is none.
    return ok;
  } catch {
    return false;
  }
}

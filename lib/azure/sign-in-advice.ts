import type { Cloud } from './clouds.ts';
import type { CredentialMethod, SignIn } from './credential-methods.ts';

/** The names by which Azure's command-line tools know the clouds. */
export const TOOL_NAMES: Readonly<Record<Cloud['name'], string>> = {
  global: 'AzureCloud',
  usgov: 'AzureUSGovernment',
  'usgov-dod': 'AzureUSGovernment',
  cn: 'AzureChinaCloud',
};

type Advice = (signIn: SignIn) => string;

/** Whether this process runs in Azure, where nobody can sign in at a screen. */
export function runsInAzure(env: SignIn['env']): boolean {
  // A Flex Consumption app has no instance id; its SKU and host are set instead.
  const isApp = env['WEBSITE_INSTANCE_ID'] || env['WEBSITE_SKU'] || env['LEGION_SERVICE_HOST'];
  const isConsumption = env['CONTAINER_NAME'] && env['WEBSITE_SITE_NAME'];
  return Boolean(isApp || isConsumption || env['CONTAINER_APP_NAME'] || env['KUBERNETES_SERVICE_HOST']);
}

const app = ({ clientId, env }: SignIn) => clientId ?? env['AZURE_CLIENT_ID'] ?? '<client id>';
const inTenant = ({ tenantId }: SignIn, option: string) => (tenantId ? ` ${option} ${tenantId}` : '');

const azLogin: Advice = (signIn) => {
  const set = signIn.cloud.name === 'global' ? '' : `az cloud set --name ${TOOL_NAMES[signIn.cloud.name]} && `;
  return `Run: ${set}az login${inTenant(signIn, '--tenant')}`;
};

const newSecret: Advice = (signIn) =>
  `Make a new one, and set its value: az ad app credential reset --id ${app(signIn)} --append`;

/** What is to be done about what Microsoft Entra ID and the tools say. Source: learn.microsoft.com/entra/identity-platform/reference-error-codes */
const BY_REASON: readonly (readonly [said: RegExp, advice: Advice])[] = [
  [/ must be set$/, () => 'Set them in trailhound.yaml: trailhound config'],
  [
    /certificate file|PEM|private key|the key in|expired on/,
    () =>
      'Give identity.certificatePath a PEM file with a valid certificate and its key, and identity.certificatePassword if the key has one.',
  ],
  [/that it opens itself/, () => "Keep the identity's own secret in an environment variable (env:NAME)."],
  [/needs a person/, () => 'Where nobody is at a screen, use cli, client-secret, certificate or managed-identity.'],
  [/Azure CLI could not be found/, (signIn) => `Install the Azure CLI (https://aka.ms/azure-cli). ${azLogin(signIn)}`],
  [/Unable to execute PowerShell/, () => 'Install PowerShell, then run: Install-Module Az.Accounts'],
  [/Az\.Accounts?\b.*(?:not installed|module)/i, () => 'Run in PowerShell: Install-Module Az.Accounts'],
  [/AADSTS7000215/, (signIn) => `The secret is not the app's: its value is wanted, not its id. ${newSecret(signIn)}`],
  [/AADSTS7000222/, (signIn) => `The secret has expired. ${newSecret(signIn)}`],
  [
    /AADSTS700016/,
    (signIn) =>
      `The app registration ${app(signIn)} is not in this tenant: check clientId, tenantId and cloud: az ad sp show --id ${app(signIn)}`,
  ],
  [/AADSTS900(?:02|23)/, () => 'There is no such tenant in this cloud: check tenantId and cloud: az account list'],
  [
    /AADSTS500011/,
    () =>
      'This tenant does not know the service: check cloud and endpoints (and the cloud that az has: az cloud show).',
  ],
  [/AADSTS65001/, (signIn) => `Nobody has consented: az ad app permission admin-consent --id ${app(signIn)}`],
  [
    /AADSTS(?:50076|50079|50158|53003|530003)/,
    (signIn) => `Conditional access wants more of this sign-in. ${azLogin(signIn)}`,
  ],
  [/AADSTS(?:700082|70043|50173|50132)/, (signIn) => `The sign-in is too old. ${azLogin(signIn)}`],
  [
    /AADSTS700027/,
    (signIn) =>
      `The certificate is not registered with the app: az ad app credential reset --id ${app(signIn)} --append --cert @certificate.pem`,
  ],
  [/AADSTS700024/, () => "Set this machine's clock: what it signs is not valid now."],
];

const BY_METHOD: Readonly<Record<CredentialMethod, Advice>> = {
  env: () =>
    'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH), and check that the secret has not expired.',
  'workload-identity': () =>
    'Runs in Kubernetes with workload identity alone: check the annotation of the service account.',
  'managed-identity': ({ env, clientId }) => {
    if (!env['IDENTITY_ENDPOINT'] && !env['MSI_ENDPOINT'] && !runsInAzure(env)) {
      return 'Works on a machine of Azure alone: use cli here, or give the machine an identity (az vm identity assign).';
    }
    const where = `--name ${env['WEBSITE_SITE_NAME'] ?? '<app>'} --resource-group ${env['WEBSITE_RESOURCE_GROUP'] ?? '<group>'}`;
    if (!clientId) return `Switch the identity of the app on: az functionapp identity assign ${where}`;
    return `Assign the user-assigned identity of identity.clientId to the app: az functionapp identity assign ${where} --identities "$(az identity list --query "[?clientId=='${clientId}'].id | [0]" -o tsv)"`;
  },
  cli: azLogin,
  powershell: (signIn) =>
    `Run: Connect-AzAccount -Environment ${TOOL_NAMES[signIn.cloud.name]}${inTenant(signIn, '-Tenant')}`,
  interactive: () => 'Sign in in the browser window; where there is no browser, use device-code.',
  'device-code': () => 'Open the address that is shown and type the code; your tenant may forbid device codes.',
  'client-secret': (signIn) => `Check that the secret has not expired: az ad app credential list --id ${app(signIn)}`,
  certificate: (signIn) =>
    `Check that the certificate is registered and valid: az ad app credential list --cert --id ${app(signIn)}`,
};

/** What a user does about a way to sign in that failed for a reason. */
export function signInAdvice(method: CredentialMethod, reason: string, signIn: SignIn): string {
  const known = BY_REASON.find(([said]) => said.test(reason));
  return (known?.[1] ?? BY_METHOD[method])(signIn);
}

import { z } from 'zod';
import { CLOUD_NAMES, cloudNameOf, RETIRED_CLOUDS } from '../azure/clouds.ts';

export const CREDENTIAL_METHODS = [
  'env',
  'workload-identity',
  'managed-identity',
  'cli',
  'powershell',
  'interactive',
  'device-code',
  'client-secret',
  'certificate',
] as const;
export type CredentialMethod = (typeof CREDENTIAL_METHODS)[number];

/** A value that is a secret or refers to one. Marked, so that it is known wherever the schema is walked. */
export const secretReference = z
  .string()
  .min(1)
  .meta({
    description: 'A secret: `kv:name` (Key Vault), `kv:vault/name` (another vault), `env:NAME`, or the value itself',
    examples: ['kv:virustotal-key'],
    secret: true,
  });

export const guid = z.guid('must be a GUID').meta({ examples: ['11111111-2222-3333-4444-555555555555'] });

export const url = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .refine(isSecureOrLoopback, 'must begin with https:// (plain http is for loopback addresses only)')
  .refine(isWithoutSecret, 'must hold no user, password or signature: those are settings of their own')
  .meta({ examples: ['https://contoso.vault.azure.net'] });

function isSecureOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

/** Addresses are shown in errors and logs. */
function isWithoutSecret(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, searchParams } = new URL(text);
  return username === '' && password === '' && !searchParams.has('sig');
}

export const cloudName = z
  .enum(CLOUD_NAMES, { error: ({ input }) => cloudFault(input) })
  .meta({ description: 'The national cloud', examples: ['global'] });

function cloudFault(input: unknown): string {
  const known = typeof input === 'string' ? cloudNameOf(input) : undefined;
  if (known === 'de') {
    const { title, retiredOn, replacement } = RETIRED_CLOUDS.de;
    return `the cloud "de" (${title}) was retired on ${retiredOn}: use ${replacement}`;
  }
  return `must be one of ${CLOUD_NAMES.join(', ')}${known ? `; did you mean "${known}"?` : ''}`;
}

export const identitySchema = z
  .strictObject({
    methods: z
      .array(z.enum(CREDENTIAL_METHODS))
      .min(1)
      .optional()
      .meta({
        description:
          'Ways to sign in, tried in this order. Default: in Azure the managed identity; elsewhere cli, then interactive',
        examples: [['cli', 'interactive']],
      }),
    tenantId: guid
      .optional()
      .meta({ description: 'The tenant to sign in to', examples: ['11111111-2222-3333-4444-555555555555'] }),
    clientId: guid.optional().meta({
      description: 'App registration, or the user-assigned managed identity',
      examples: ['11111111-2222-3333-4444-555555555555'],
    }),
    clientSecret: secretReference.optional(),
    certificatePath: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'PEM file with certificate and private key',
        examples: ['/secure/trailhound.pem'],
      }),
    certificatePassword: secretReference.optional(),
  })
  .meta({ description: 'How to sign in' });
export type IdentitySettings = z.output<typeof identitySchema>;

function endpoint(example: string) {
  return url.optional().meta({ examples: [example] });
}

export const endpointsSchema = z
  .strictObject({
    login: endpoint('https://login.contoso.example'),
    resourceManager: endpoint('https://management.local.contoso.example'),
    resourceManagerAudience: z
      .string()
      .regex(/^[a-z]+:\/\/[^\s]+$/, 'must be an address')
      .optional()
      .meta({
        description: 'Whom its tokens are for, where that is not its address (Azure Stack)',
        examples: ['https://management.contoso.onmicrosoft.example/11111111-2222-3333-4444-555555555555'],
      }),
    logAnalytics: endpoint('https://logs.contoso.example'),
    graph: endpoint('https://graph.contoso.example'),
    dataLake: endpoint('https://lake.contoso.example'),
    defender: endpoint('https://defender.contoso.example'),
    threatIntelligenceUpload: endpoint('https://indicators.contoso.example'),
  })
  .meta({ description: "Endpoints in the place of the cloud's own: for a private cloud or a proxy" });

/** What a workspace or provider may set for itself, where it lies in another tenant or cloud. */
export const connectionFields = {
  tenantId: guid.optional(),
  cloud: cloudName.optional(),
  identity: identitySchema.optional(),
  endpoints: endpointsSchema.optional(),
};

import { z } from 'zod';
import {
  cloudName,
  connectionFields,
  endpointsSchema,
  guid,
  identitySchema,
  secretReference,
  url,
} from './identity-schema.ts';
import { providerSchema } from './provider-schema.ts';
import { sentinelSchema } from './sentinel-schema.ts';

export const workspaceSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be letters, digits, dots, hyphens or underscores')
      .meta({ description: 'Your name for it', examples: ['soc'] }),
    workspaceId: guid.meta({
      description: 'The workspace id (customer id)',
      examples: ['11111111-2222-3333-4444-555555555555'],
    }),
    workspaceName: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Its name in Azure', examples: ['law-soc'] }),
    subscriptionId: guid.optional(),
    resourceGroup: z
      .string()
      .min(1)
      .optional()
      .meta({ examples: ['rg-soc'] }),
    ...connectionFields,
  })
  .meta({ description: 'A Log Analytics workspace, with or without Sentinel' });
export type WorkspaceSettings = z.output<typeof workspaceSchema>;

const threatIntelProvider = z
  .strictObject({
    enabled: z.boolean().default(true),
    key: secretReference.optional(),
    id: secretReference
      .optional()
      .meta({ description: 'A second part of the key, where a service has one', secret: true }),
    url: url
      .optional()
      .meta({ description: 'Its address, where it is your own', examples: ['https://misp.contoso.example'] }),
    primary: z.boolean().optional(),
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .meta({ description: 'A threat-intelligence service', examples: [{ key: 'kv:virustotal-key' }] });

const files = z.array(z.string().min(1)).default([]);

/** The one schema of all settings: of the file, the environment, the editor's help and the documentation. */
export const settingsSchema = z
  .strictObject({
    cloud: cloudName.default('global'),
    endpoints: endpointsSchema.prefault({}),
    identity: identitySchema.prefault({}),
    keyVault: url
      .optional()
      .meta({ description: 'Where `kv:` references are read', examples: ['https://contoso.vault.azure.net'] }),
    storage: z
      .strictObject({
        connectionString: secretReference.optional().meta({ examples: ['env:AzureWebJobsStorage'], secret: true }),
        accountUrl: url.optional().meta({
          description: 'The blob endpoint of an account that the identity may use; instead of a connection string',
          examples: ['https://contoso.blob.core.windows.net'],
        }),
        tableUrl: url.optional().meta({
          description: 'The table endpoint, where it is not the blob endpoint with `table`',
          examples: ['https://contoso.table.core.windows.net'],
        }),
        container: z
          .string()
          .regex(
            /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/,
            'must be the name of a container: 3 to 63 lower-case letters, digits and hyphens',
          )
          .default('trailhound'),
      })
      .prefault({}),
    workspaces: z.array(workspaceSchema).default([]),
    providers: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens'),
        providerSchema,
      )
      .default({})
      .meta({
        description: 'Providers by the name that playbooks use',
        examples: [{ 'soc-logs': { type: 'log-analytics' } }],
      }),
    threatIntel: z
      .object({
        localFiles: files.meta({ description: 'Indicator files: CSV or STIX 2.1', examples: [['./indicators.csv']] }),
      })
      .catchall(threatIntelProvider)
      .prefault({})
      .meta({ examples: [{ virustotal: { key: 'kv:virustotal-key' } }] }),
    ingestion: z
      .strictObject({
        endpoint: url.meta({
          description: 'Logs ingestion endpoint of the data collection rule (or endpoint)',
          examples: ['https://contoso-dcr.westeurope-1.ingest.monitor.azure.com'],
        }),
        ruleId: z
          .string()
          .regex(/^dcr-[0-9a-f]{32}$/, 'must be the immutable id of the rule')
          .meta({ examples: ['dcr-00000000000000000000000000000000'] }),
        stream: z
          .string()
          .regex(/^Custom-[A-Za-z0-9_]{1,100}$/, 'must be the name of a stream of the rule')
          .default('Custom-TrailhoundFindings_CL')
          .meta({ description: 'Where findings go', examples: ['Custom-TrailhoundFindings_CL'] }),
      })
      .optional()
      .meta({ description: 'Uploads to Sentinel by the Logs Ingestion API' }),
    sentinel: sentinelSchema.prefault({}),
    budgets: z
      .strictObject({
        queries: z.int().min(1).default(500),
        rows: z.int().min(1).default(10_000_000),
        lookups: z.int().min(0).default(2_000),
        wallTimeInMs: z.int().min(1_000).default(3_600_000),
      })
      .prefault({})
      .meta({ description: 'Limits of one investigation' }),
    hunts: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens'),
          playbook: z.string().min(1),
          schedule: z
            .string()
            .min(9)
            .meta({ description: 'NCRONTAB with seconds', examples: ['0 0 6 * * *'] }),
          inputs: z.record(z.string(), z.unknown()).default({}),
          workspace: z
            .string()
            .min(1)
            .optional()
            .meta({ description: 'The workspace that it is about. Default: none in particular', examples: ['soc'] }),
          enabled: z.boolean().default(true),
        }),
      )
      .default([])
      .meta({ description: 'Hunts beside those in content/hunts; one of the same name takes its place' }),
    obfuscation: z
      .strictObject({ key: secretReference.optional() })
      .prefault({})
      .meta({
        description: 'The key by which `obfuscate.columns` masks: the same key, the same masks',
        examples: [{ key: 'kv:obfuscation-key' }],
      }),
    dataPaths: files.meta({
      description: 'Files and folders that the provider `local` answers from',
      examples: [['./data']],
    }),
    allowLists: files.meta({ description: 'Files of what is known to be good', examples: [['./known-good.yaml']] }),
    queryFolders: files.meta({ description: 'Further folders of query files' }),
    playbookFolders: files.meta({ description: 'Further folders of playbooks' }),
    ruleFolders: files.meta({ description: 'Further folders of Sigma rules' }),
  })
  .meta({ title: 'Settings of Trailhound' });
export type Settings = z.output<typeof settingsSchema>;

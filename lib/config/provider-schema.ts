import { z } from 'zod';
import { connectionFields, guid, secretReference, url } from './identity-schema.ts';

const timeoutInMs = z
  .int()
  .min(1000)
  .max(600_000)
  .optional()
  .meta({ examples: [180_000] });
const folders = z
  .array(z.string().min(1))
  .min(1)
  .meta({ examples: [['/data/results']] });
const owner = guid.optional().meta({
  description: 'The tenant whose data it holds: investigations of other tenants may not ask it. Default: everybody may',
});
const workspaceNames = z
  .array(z.string().min(1))
  .optional()
  .meta({
    description: 'Names of workspaces above; several are queried together. Default: the first',
    examples: [['soc']],
  });

/** One provider's settings, told apart by `type`. */
export const providerSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('log-analytics'),
      workspaces: workspaceNames,
      timeoutInMs,
      plans: z
        .record(z.string(), z.enum(['analytics', 'basic', 'auxiliary']))
        .optional()
        .meta({ description: 'Tables on a plan other than Analytics', examples: [{ Proxy_CL: 'basic' }] }),
    }),
    z.strictObject({ type: z.literal('defender-xdr'), timeoutInMs, ...connectionFields }),
    z.strictObject({ type: z.literal('data-lake'), workspaces: workspaceNames, timeoutInMs }),
    z.strictObject({
      type: z.literal('kusto'),
      cluster: url.meta({
        description: 'Azure Data Explorer cluster or Fabric eventhouse',
        examples: ['https://contoso.westeurope.kusto.windows.net'],
      }),
      database: z
        .string()
        .min(1)
        .meta({ examples: ['Security'] }),
      timeColumn: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Column that holds the time. Default: TimeGenerated', examples: ['Timestamp'] }),
      timeoutInMs,
      ...connectionFields,
    }),
    z.strictObject({
      type: z.literal('resource-graph'),
      subscriptions: z.array(guid).optional(),
      managementGroups: z.array(z.string().min(1)).optional(),
      timeoutInMs,
      ...connectionFields,
    }),
    z.strictObject({ type: z.literal('graph-security'), timeoutInMs, ...connectionFields }),
    z.strictObject({
      type: z.literal('azure-activity'),
      subscriptions: z.array(guid).min(1),
      timeoutInMs,
      ...connectionFields,
    }),
    z.strictObject({
      type: z.literal('blob-storage'),
      accountUrl: url.optional().meta({ examples: ['https://contoso.blob.core.windows.net'] }),
      connectionString: secretReference.optional(),
      container: z
        .string()
        .regex(/^[a-z0-9$](?:[a-z0-9-]{1,62})$/, 'must be the name of a container')
        .meta({ examples: ['exports'] }),
      prefix: z.string().optional(),
      ...connectionFields,
    }),
    z.strictObject({
      type: z.literal('splunk'),
      url: url.meta({ description: 'The management address', examples: ['https://splunk.contoso.com:8089'] }),
      token: secretReference.optional(),
      user: z.string().optional(),
      password: secretReference.optional(),
      app: z.string().optional(),
      collectorUrl: url
        .optional()
        .meta({ description: 'HTTP Event Collector, for uploads', examples: ['https://splunk.contoso.com:8088'] }),
      collectorToken: secretReference.optional(),
      tenantId: owner,
      timeoutInMs,
    }),
    z.strictObject({
      type: z.literal('elastic'),
      url: url.meta({ examples: ['https://elastic.contoso.com:9200'] }),
      apiKey: secretReference.optional(),
      user: z.string().optional(),
      password: secretReference.optional(),
      timeColumn: z
        .string()
        .optional()
        .meta({ examples: ['@timestamp'] }),
      tenantId: owner,
      timeoutInMs,
    }),
    z.strictObject({ type: z.literal('local'), paths: folders, tenantId: owner }),
    z.strictObject({
      type: z.literal('security-datasets'),
      folder: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'A local copy', examples: ['./security-datasets'] }),
      catalogueUrl: url
        .optional()
        .meta({ description: 'A mirror of the catalogue', examples: ['https://mirror.contoso.example/datasets'] }),
    }),
    z.strictObject({ type: z.literal('velociraptor'), paths: folders, tenantId: owner }),
    z.strictObject({ type: z.literal('osquery'), paths: folders, tenantId: owner }),
  ])
  .meta({ description: 'A place that answers queries' });
export type ProviderSettings = z.output<typeof providerSchema>;
export type ProviderType = ProviderSettings['type'];
/** The settings of one type of provider. */
export type SettingsOf<Type extends ProviderType> = Extract<ProviderSettings, { type: Type }>;

import type { ProviderSettings, ProviderType } from '../config/provider-schema.ts';
import { type WorkspaceSettings, workspaceOf } from '../config/settings.ts';
import { type Connections, openProvider } from '../providers/index.ts';
import type { QueryProvider, QueryRequest } from '../providers/provider.ts';
import type { Check, Grant } from './check.ts';
import { graphGrant, roleGrant } from './grants.ts';

type Probe = Omit<QueryRequest, 'nowInMs'>;

/** The cheapest question that shows that a provider answers; without one its tables are listed. */
const PROBES: Readonly<Partial<Record<ProviderType, readonly Probe[]>>> = {
  'log-analytics': [{ kql: 'print Probe = 1' }],
  'defender-xdr': [{ kql: 'print Probe = 1' }],
  'data-lake': [{ kql: 'print Probe = 1' }],
  kusto: [{ kql: 'print Probe = 1' }],
  'resource-graph': [{ kql: 'ResourceContainers | project id | take 1' }],
  'graph-security': [
    { table: 'SecurityAlerts', maxRows: 1 },
    { table: 'SecurityIncidents', maxRows: 1 },
  ],
  'azure-activity': [{ table: 'Subscriptions' }],
};

/** The scope of a workspace for a role; with what is not set as a blank to fill in. */
export function workspaceScope({ subscriptionId, resourceGroup, workspaceName }: Partial<WorkspaceSettings>): string {
  return `${groupScope({ subscriptionId, resourceGroup })}/providers/Microsoft.OperationalInsights/workspaces/${workspaceName ?? '<workspace>'}`;
}

export function groupScope({
  subscriptionId,
  resourceGroup,
}: {
  subscriptionId?: string | undefined;
  resourceGroup?: string | undefined;
}): string {
  return `/subscriptions/${subscriptionId ?? '<subscription>'}/resourceGroups/${resourceGroup ?? '<group>'}`;
}

function grantOf(options: ProviderSettings, connections: Connections, principalId: string): Grant | undefined {
  switch (options.type) {
    case 'log-analytics':
    case 'data-lake':
      return roleGrant(
        'Log Analytics Reader',
        workspaceScope(workspaceOf(connections.settings, options.workspaces?.[0])),
        principalId,
      );
    case 'defender-xdr':
      return graphGrant(['ThreatHunting.Read.All'], connections.cloud(options), principalId);
    case 'graph-security':
      return graphGrant(
        ['SecurityAlert.Read.All', 'SecurityIncident.Read.All'],
        connections.cloud(options),
        principalId,
      );
    case 'kusto':
      return {
        hint: `Make the identity a viewer of the database ${options.database}.`,
        command: `.add database ['${options.database}'] viewers ('aadapp=${principalId}')`,
      };
    case 'resource-graph':
      return roleGrant('Reader', `/subscriptions/${options.subscriptions?.[0] ?? '<subscription>'}`, principalId);
    case 'azure-activity':
      return roleGrant('Reader', `/subscriptions/${options.subscriptions[0]}`, principalId);
    case 'blob-storage':
      return roleGrant('Storage Blob Data Contributor', '<id of the storage account>', principalId);
    default:
      return undefined;
  }
}

/** A check of each provider of the settings, and of each workspace. */
export function providerChecks(connections: Connections): Check[] {
  const { settings } = connections;
  const workspaces = settings.workspaces.map((workspace) =>
    checkOf(
      `workspace ${workspace.name}`,
      { type: 'log-analytics', workspaces: [workspace.name] },
      connections,
      async () => {
        const { logAnalytics } = await import('../providers/log-analytics.ts');
        return logAnalytics(workspace.name, { type: 'log-analytics', workspaces: [workspace.name] }, connections);
      },
    ),
  );
  const providers = Object.entries(settings.providers).map(([name, options]) =>
    checkOf(`provider ${name}`, options, connections, () => openProvider(name, connections)),
  );
  return [...workspaces, ...providers];
}

function checkOf(
  name: string,
  options: ProviderSettings,
  connections: Connections,
  open: () => Promise<QueryProvider>,
): Check {
  return {
    name,
    grant: (principalId) =>
      grantOf(options, connections, principalId) ?? {
        hint: 'Check the key or token in the settings.',
        command: 'trailhound config',
      },
    async run(signal) {
      const provider = await open();
      const probes = PROBES[options.type];
      if (!probes) {
        const tables = await provider.tables({ signal });
        return { status: 'ok', detail: `answers; ${tables.length} tables` };
      }
      for (const probe of probes) {
        const { partial, warnings } = await provider.query({ ...probe, nowInMs: Date.now() }, { signal });
        const lost = warnings.find(({ code }) => code === 'source-failed');
        if (partial && lost) return { status: 'warning', detail: lost.message };
      }
      return { status: 'ok', detail: 'answers' };
    },
  };
}

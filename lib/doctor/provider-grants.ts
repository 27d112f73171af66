import type { Cloud } from '../azure/clouds.ts';
import type { ProviderSettings, SettingsOf } from '../config/provider-schema.ts';
import { type WorkspaceSettings, workspaceOf } from '../config/settings.ts';
import type { Connections } from '../providers/index.ts';
import type { Grant } from './check.ts';
import { blank, type Grantee, graphGrant, lookedUp, roleGrant } from './grants.ts';

/** The id of a workspace for a role; looked up by its customer id where settings do not say where it lies. */
export function workspaceScope(workspace: WorkspaceSettings): string {
  const { subscriptionId, resourceGroup, workspaceName, workspaceId } = workspace;
  if (subscriptionId && resourceGroup && workspaceName) {
    return `${groupScope({ subscriptionId, resourceGroup })}/providers/Microsoft.OperationalInsights/workspaces/${workspaceName}`;
  }
  return lookedUp('monitor log-analytics workspace list', `[?customerId=='${workspaceId}'].id | [0]`);
}

export function groupScope({
  subscriptionId,
  resourceGroup,
}: {
  subscriptionId: string;
  resourceGroup: string;
}): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

/** The id of a storage account, looked up by its name in its address. */
export function storageScope(accountUrl: string | undefined): string {
  const name = accountUrl ? new URL(accountUrl).host.split('.')[0]! : '<storage account>';
  return lookedUp(`storage account show --name "${name}"`);
}

/** What a provider's identity or key must be granted to answer. */
export function providerGrant(options: ProviderSettings, connections: Connections, who: Grantee): Grant | undefined {
  const cloud = 'cloud' in options ? connections.cloud(options) : connections.cloud();
  switch (options.type) {
    case 'log-analytics':
    case 'data-lake': {
      const names = options.workspaces ?? [undefined];
      const workspaces = names.map((name) => workspaceOf(connections.settings, name));
      return roleGrant('Log Analytics Reader', workspaces.map(workspaceScope), connections.cloud(workspaces[0]), who);
    }
    case 'defender-xdr':
      return graphGrant(['ThreatHunting.Read.All'], cloud, who);
    case 'graph-security':
      return graphGrant(['SecurityAlert.Read.All', 'SecurityIncident.Read.All'], cloud, who);
    case 'kusto':
      return kustoGrant(options, who);
    case 'resource-graph': {
      const groups = (options.managementGroups ?? []).map(
        (id) => `/providers/Microsoft.Management/managementGroups/${id}`,
      );
      const scopes = [...groups, ...(options.subscriptions ?? []).map((id) => `/subscriptions/${id}`)];
      return roleGrant('Reader', scopes.length > 0 ? scopes : everySubscription(), cloud, who);
    }
    case 'azure-activity':
      return roleGrant(
        'Reader',
        options.subscriptions.map((id) => `/subscriptions/${id}`),
        cloud,
        who,
      );
    case 'blob-storage':
      return blobGrant(options, cloud, who);
    case 'splunk':
      return {
        hint: 'Check the token, or user and password, in the settings; its role needs the capability "search", and the indexes that are searched. A new token:',
        command: `curl --user ${blank('admin')} ${options.url}/services/authorization/tokens -d name=${options.user ?? blank('user')} -d audience=trailhound`,
      };
    case 'elastic':
      return {
        hint: 'Check the API key, or user and password, in the settings; it needs "monitor" on the cluster, and "read" and "view_index_metadata" on the indices. A new key:',
        command: `curl --user ${blank('admin')} -X POST ${options.url}/_security/api_key -H "content-type: application/json" -d '{"name":"trailhound","role_descriptors":{"trailhound":{"cluster":["monitor"],"indices":[{"names":["*"],"privileges":["read","view_index_metadata"]}]}}}'`,
      };
    case 'local':
    case 'velociraptor':
    case 'osquery':
    case 'security-datasets':
      return undefined;
  }
}

function everySubscription(): string {
  return `/subscriptions/${lookedUp('account show')}`;
}

/** A viewer of a database: of a cluster by the Azure CLI, of a Fabric eventhouse by a command of its own. */
function kustoGrant({ cluster, database }: SettingsOf<'kusto'>, who: Grantee): Grant {
  const isPerson = who?.type === 'User';
  const id = (isPerson ? who.name : who?.appId) ?? '<client id>';
  const tenantId = who?.tenantId ?? '<tenant id>';
  const statement = `.add database ['${database}'] viewers ('${isPerson ? 'aaduser' : 'aadapp'}=${id};${tenantId}')`;
  const hint = `Make the identity a viewer of the database ${database}. As a command of the database: ${statement}`;
  const { host, origin } = new URL(cluster);
  if (/\bfabric\b/.test(host)) return { hint };
  const group = lookedUp('kusto cluster list', `[?uri=='${origin}'].resourceGroup | [0]`);
  return {
    hint,
    command: `az kusto database-principal-assignment create --cluster-name "${host.split('.')[0]}" --database-name "${database}" --principal-assignment-name trailhound --role Viewer --principal-type ${isPerson ? 'User' : 'App'} --principal-id "${id}" --tenant-id "${tenantId}" --resource-group "${group}"`,
  };
}

function blobGrant(options: SettingsOf<'blob-storage'>, cloud: Cloud, who: Grantee): Grant {
  if (!options.accountUrl)
    return { hint: 'Check the connection string in the settings: its key may have been replaced.' };
  return roleGrant('Storage Blob Data Contributor', storageScope(options.accountUrl), cloud, who);
}

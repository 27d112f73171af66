import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nearest } from '../config/nearest.ts';
import type { ProviderSettings, ProviderType, SettingsOf } from '../config/provider-schema.ts';
import { type Settings, workspaceOf } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import type { Connections } from './connections.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import type { QueryProvider } from './provider.ts';
import { checkTenant, connectionOfWorkspace, type InvestigationScope, tenantOf } from './tenancy.ts';

export * from './connections.ts';
export { estimateQuery, type QueryEstimate } from './estimate.ts';
export type { FileResources } from './file-provider.ts';
export * from './provider.ts';
export { snapshotConnections } from './snapshot-connections.ts';
export * from './tenancy.ts';

const TEMPORARY_FILES: FileResources = {
  cacheFolder: join(tmpdir(), 'trailhound-cache'),
  resultFolder: join(tmpdir(), 'trailhound-results'),
};

type Factory<Type extends ProviderType> = (
  name: string,
  options: SettingsOf<Type>,
  connections: Connections,
  files: FileResources,
) => Promise<QueryProvider>;

/** How each type of provider is made; the file of each is loaded when it is first used. */
const factories: { readonly [Type in ProviderType]: Factory<Type> } = {
  'log-analytics': async (...given) => (await import('./log-analytics.ts')).logAnalytics(...given),
  'defender-xdr': async (...given) => (await import('./defender-xdr.ts')).defenderXdr(...given),
  'data-lake': async (...given) => (await import('./data-lake.ts')).dataLake(...given),
  kusto: async (...given) => (await import('./kusto.ts')).kusto(...given),
  'resource-graph': async (...given) => (await import('./resource-graph.ts')).resourceGraph(...given),
  'graph-security': async (...given) => (await import('./graph-security.ts')).graphSecurity(...given),
  'azure-activity': async (...given) => (await import('./azure-activity.ts')).azureActivity(...given),
  'blob-storage': async (...given) => (await import('./blob-storage.ts')).blobStorage(...given),
  splunk: async (...given) => (await import('./splunk.ts')).splunk(...given),
  elastic: async (...given) => (await import('./elastic.ts')).elastic(...given),
  local: async (name, options, _connections, files) =>
    fileProvider(name, (signal) => loadFiles(options.paths, files, signal), files),
  'security-datasets': async (...given) => (await import('./security-datasets.ts')).securityDatasets(...given),
  velociraptor: async (name, options, _connections, files) =>
    (await import('./velociraptor.ts')).velociraptor(name, options, files),
  osquery: async (name, options, _connections, files) => (await import('./osquery.ts')).osquery(name, options, files),
};

/** Providers that need no settings of their own: they exist under the name of their type. */
function impliedProvider(name: string, settings: Settings, scope: InvestigationScope): ProviderSettings | undefined {
  const own = scope.workspace === undefined ? undefined : workspaceOf(settings, scope.workspace);
  const workspaces = own ? [own] : settings.workspaces;
  const connection = own ? connectionOfWorkspace(own) : {};
  switch (name) {
    case 'log-analytics':
      return workspaces[0] && { type: name, workspaces: [workspaces[0].name] };
    case 'data-lake': {
      const workspace = workspaces.find(({ workspaceName }) => workspaceName);
      return workspace && { type: name, workspaces: [workspace.name] };
    }
    case 'defender-xdr':
    case 'resource-graph':
    case 'graph-security':
      return { type: name, ...connection };
    case 'azure-activity': {
      const tenant = tenantOf(settings, scope.workspace);
      const same = workspaces.filter((workspace) => tenantOf(settings, workspace.name) === tenant);
      const subscriptions = [...new Set(same.flatMap(({ subscriptionId }) => subscriptionId ?? []))];
      return subscriptions.length > 0 ? { type: name, subscriptions, ...connection } : undefined;
    }
    case 'security-datasets':
      return { type: name };
    case 'local':
      return settings.dataPaths.length > 0 ? { type: name, paths: settings.dataPaths } : undefined;
    default:
      return undefined;
  }
}

/** The names of all providers that the settings give. */
export function providerNames({ settings }: Pick<Connections, 'settings'>): string[] {
  const implied = Object.keys(factories).filter((type) => impliedProvider(type, settings, {}));
  return [...new Set([...Object.keys(settings.providers), ...implied])].sort();
}

/**
 * The settings of the provider of that name: of `providers`, or such as the settings imply. One that names no workspace
 * has that of the investigation.
 *
 * @throws usage: there is none; the hint lists the known ones · unauthorized: it belongs to another tenant
 */
export function providerSettingsOf(name: string, settings: Settings, scope: InvestigationScope = {}): ProviderSettings {
  const { providers } = settings;
  const options = Object.hasOwn(providers, name) ? providers[name] : impliedProvider(name, settings, scope);
  if (!options) {
    const names = providerNames({ settings });
    const near = nearest(name, names);
    throw new TrailhoundError('usage', `there is no provider "${name}"${near ? `; did you mean "${near}"?` : ''}`, {
      hint: `The settings give: ${names.join(', ') || 'none (add one under providers, or a workspace)'}`,
    });
  }
  const isOpen = (options.type === 'log-analytics' || options.type === 'data-lake') && options.workspaces === undefined;
  const chosen = isOpen && scope.workspace !== undefined ? { ...options, workspaces: [scope.workspace] } : options;
  checkTenant(name, chosen, settings, scope);
  return chosen;
}

/**
 * The provider of that name: of `providers` in the settings, or one that the settings imply.
 *
 * @param files where providers keep what they load and answer, and what works for them in worker threads; default: the
 *   system's temporary folder, and no worker: answers are then read on this thread and stay in memory
 * @throws usage: there is none; the hint lists the known ones · unauthorized: it belongs to another tenant
 */
export async function openProvider(
  name: string,
  connections: Connections,
  files: FileResources = TEMPORARY_FILES,
  scope: InvestigationScope = {},
): Promise<QueryProvider> {
  const options = providerSettingsOf(name, connections.settings, scope);
  const make = factories[options.type] as Factory<ProviderType>;
  return make(name, options, connections, files);
}

import { createHash } from 'node:crypto';
import type { ConnectionSource } from '../azure/credential.ts';
import type { ProviderSettings } from '../config/provider-schema.ts';
import { type Settings, type WorkspaceSettings, workspaceOf } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';

/** What an investigation is about, where that decides whom providers ask. */
export interface InvestigationScope {
  /** Providers that name no workspace of their own ask this one; absent: the first of the settings. */
  readonly workspace?: string | undefined;
}

/**
 * The tenant under which an investigation of a workspace lies: null for the home tenant, which is that of the settings'
 * own identity, else of the first workspace, and of all workspaces that name none.
 *
 * @throws usage: there is no workspace of that name
 * @example tenantOf(settings, 'fabrikam'); // '22222222-3333-4444-5555-666666666666'
 */
export function tenantOf(settings: Settings, workspace: string | null | undefined): string | null {
  if (workspace === null || workspace === undefined) return null;
  return foreignTenant(settings, workspaceOf(settings, workspace).tenantId);
}

function foreignTenant({ identity, workspaces }: Settings, tenantId: string | undefined): string | null {
  const home = identity.tenantId ?? workspaces[0]?.tenantId;
  const tenant = tenantId?.toLowerCase();
  return tenant === undefined || tenant === home?.toLowerCase() ? null : tenant;
}

/** Providers that sign in as the settings say, and have no workspaces. */
const SIGNING_IN: ReadonlySet<ProviderSettings['type']> = new Set([
  'defender-xdr',
  'kusto',
  'resource-graph',
  'graph-security',
  'azure-activity',
  'blob-storage',
]);

/** Whom a provider signs in to: each workspace's own connection, or the provider's. Empty where it signs in to nobody. */
function connectionsOf(options: ProviderSettings, settings: Settings): readonly ConnectionSource[] {
  if (options.type === 'log-analytics' || options.type === 'data-lake') {
    return (options.workspaces ?? [undefined]).map((name) => workspaceOf(settings, name));
  }
  return SIGNING_IN.has(options.type) ? [options as ConnectionSource] : [];
}

/**
 * Keeps tenants apart: an investigation that lies under another tenant than the home asks nobody but that tenant.
 * An investigation of the home tenant may ask whomever the settings name.
 *
 * @throws unauthorized: the provider belongs to another tenant
 */
export function checkTenant(
  name: string,
  options: ProviderSettings,
  settings: Settings,
  scope: InvestigationScope,
): void {
  const tenant = tenantOf(settings, scope.workspace);
  if (tenant === null) return;
  const connections = connectionsOf(options, settings);
  // Files, and services with their own keys, belong to whom the settings say; to everybody where they say nothing.
  const owner = 'tenantId' in options && options.tenantId !== undefined ? [options.tenantId] : [];
  const tenants = connections.length > 0 ? connections.map(({ tenantId }) => tenantId) : owner;
  for (const other of tenants.map((each) => foreignTenant(settings, each))) {
    if (other === tenant) continue;
    throw new TrailhoundError(
      'unauthorized',
      `provider "${name}" belongs to ${other === null ? 'the home tenant' : `tenant ${other}`}, and the investigation to tenant ${tenant}`,
      { hint: `Name a provider of tenant ${tenant}, or none: by itself it asks workspace ${scope.workspace}.` },
    );
  }
}

/** Which of the tenant, cloud and way to sign in a workspace gives to providers that the settings imply. */
export function connectionOfWorkspace({ tenantId, cloud, identity, endpoints }: WorkspaceSettings) {
  return {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(cloud === undefined ? {} : { cloud }),
    ...(identity === undefined ? {} : { identity }),
    ...(endpoints === undefined ? {} : { endpoints }),
  };
}

/**
 * The leases that a question to a provider needs: one for each identity that it signs in with, for services allow an
 * identity (not a provider, and not an investigation) so many questions at once. In order, so that nobody waits for
 * one while holding another that somebody else waits for.
 */
export function leasesOf(options: ProviderSettings, settings: Settings): readonly string[] {
  const connections = connectionsOf(options, settings);
  const whom: readonly unknown[] =
    connections.length > 0
      ? connections.map((connection) => identityKey(connection, settings))
      : ['url' in options ? options.url : options];
  const keys = whom.map((each) => {
    const digest = createHash('sha256').update(JSON.stringify(each)).digest('hex');
    return `${options.type}-${digest.slice(0, 16)}`;
  });
  return [...new Set(keys)].sort();
}

/** What tells one identity from another, for a service. */
export function identityKey({ tenantId, cloud, identity }: ConnectionSource, settings: Settings): string {
  const home = settings.identity;
  return JSON.stringify([tenantId ?? identity?.tenantId ?? home.tenantId, cloud ?? settings.cloud, identity ?? home]);
}

import type { ConnectionSource } from '../azure/credential.ts';
import { type Settings, workspaceOf } from '../config/settings.ts';
import type { Connections } from '../providers/connections.ts';
import { type Check, type CheckResult, runCheck } from './check.ts';
import { pathChecks } from './path-checks.ts';
import { type Principal, signIn, UNKNOWN_PRINCIPAL } from './principal.ts';
import { providerChecks } from './provider-checks.ts';
import { secretChecks } from './secret-checks.ts';
import { sentinelChecks } from './sentinel-checks.ts';
import { storageCheck } from './storage-check.ts';
import { readVersions, type Versions, versionChecks } from './version-checks.ts';

/** What `trailhound doctor --json` prints. */
export interface Examination {
  /** The worst of the checks. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly versions: Versions;
  readonly checks: readonly CheckResult[];
}

const CLOCK_TOLERANCE_IN_MS = 5 * 60_000;
/** Providers that sign in to Azure. */
const AZURE_TYPES = new Set([
  'log-analytics',
  'defender-xdr',
  'data-lake',
  'kusto',
  'resource-graph',
  'graph-security',
  'azure-activity',
  'blob-storage',
]);

/** Looks at everything that the settings name, by a cheap real call each, and says what is missing. */
export async function examine(connections: Connections, signal?: AbortSignal): Promise<Examination> {
  const { settings } = connections;
  const signIns = await Promise.all(identitiesOf(settings).map((each) => checkIdentity(connections, each, signal)));
  const principalOf = (name: string) =>
    (signIns.find((each) => each.covers.has(name)) ?? signIns[0])?.principal?.objectId ?? UNKNOWN_PRINCIPAL;
  const checks: Check[] = [
    ...versionChecks(),
    ...pathChecks(settings),
    ...secretChecks(connections),
    storageCheck(connections),
    ...providerChecks(connections),
    ...sentinelChecks(connections),
  ];
  const results = await Promise.all(checks.map((check) => runCheck(check, principalOf(check.name), signal)));
  const all = [...signIns.map((each) => each.result), ...results];
  return { status: worst(all), versions: readVersions(), checks: all };
}

interface Identity {
  readonly name: string;
  readonly connection: ConnectionSource;
  /** Names of the checks that use it. */
  readonly covers: ReadonlySet<string>;
}

/** The identities in use: that of the settings, and those of workspaces and providers with a tenant or cloud of their own. */
function identitiesOf(settings: Settings): Identity[] {
  const own = settings.workspaces
    .filter((workspace) => workspace.tenantId || workspace.cloud || workspace.identity)
    .map((workspace) => ({
      name: `identity of workspace ${workspace.name}`,
      connection: workspace as ConnectionSource,
      covers: new Set([`workspace ${workspace.name}`, `sentinel ${workspace.name}`]),
    }));
  const providers = Object.entries(settings.providers).flatMap(([name, options]): Identity[] => {
    const isOwn = 'identity' in options || 'cloud' in options || 'tenantId' in options;
    if (isOwn)
      return [
        {
          name: `identity of provider ${name}`,
          connection: options as ConnectionSource,
          covers: new Set([`provider ${name}`]),
        },
      ];
    const workspace =
      'workspaces' in options && options.workspaces?.[0] ? workspaceOf(settings, options.workspaces[0]) : undefined;
    for (const each of own) if (workspace && each.connection === workspace) each.covers.add(`provider ${name}`);
    return [];
  });
  const usesAzure =
    settings.workspaces.length > own.length ||
    settings.keyVault !== undefined ||
    settings.storage.accountUrl !== undefined ||
    Object.values(settings.providers).some((options) => AZURE_TYPES.has(options.type));
  const common: Identity[] = usesAzure ? [{ name: 'identity', connection: {}, covers: new Set() }] : [];
  return [...common, ...own, ...providers];
}

async function checkIdentity(connections: Connections, { name, connection, covers }: Identity, signal?: AbortSignal) {
  let principal: Principal | undefined;
  const check: Check = {
    name,
    async run(aborted) {
      principal = await signIn(connections, connection, aborted);
      const who = `${principal.name} (${principal.objectId}) in tenant ${principal.tenantId}`;
      if (principal.clockAheadInMs < -CLOCK_TOLERANCE_IN_MS) {
        return {
          status: 'warning',
          detail: `${who}; this machine's clock is behind`,
          hint: 'Set the clock: tokens will be refused.',
        };
      }
      return { status: 'ok', detail: who };
    },
  };
  const result = await runCheck(check, UNKNOWN_PRINCIPAL, signal);
  return { result, principal, covers };
}

function worst(results: readonly CheckResult[]): Examination['status'] {
  if (results.some(({ status }) => status === 'failed')) return 'failed';
  return results.some(({ status }) => status === 'warning') ? 'warning' : 'ok';
}

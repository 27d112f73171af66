import type { ConnectionSource } from '../azure/credential.ts';
import { type Settings, workspaceOf } from '../config/settings.ts';
import type { Connections } from '../providers/connections.ts';
import { type Check, type CheckResult, runCheck } from './check.ts';
import { ingestionChecks } from './ingestion-check.ts';
import { pathChecks } from './path-checks.ts';
import { type Principal, signIn } from './principal.ts';
import { providerChecks } from './provider-checks.ts';
import { secretChecks } from './secret-checks.ts';
import { sentinelChecks } from './sentinel-checks.ts';
import { storageCheck } from './storage-check.ts';
import { threatIntelChecks } from './threat-intel-checks.ts';
import { readVersions, type Versions, versionChecks } from './version-checks.ts';

/** What `trailhound doctor --json` prints. */
export interface Examination {
  /** The worst of the checks. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly versions: Versions;
  readonly checks: readonly CheckResult[];
}

const CLOCK_TOLERANCE_IN_MS = 5 * 60_000;
const SIGN_IN_TIMEOUT_IN_MS = 3 * 60_000;
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

/**
 * Looks at everything that the settings name, by a cheap real call each, and says what is missing.
 *
 * @param before what was found already, to stand first
 */
export async function examine(
  connections: Connections,
  signal?: AbortSignal,
  before: readonly CheckResult[] = [],
): Promise<Examination> {
  const { settings } = connections;
  const signIns = await Promise.all(identitiesOf(settings).map((each) => checkIdentity(connections, each, signal)));
  const checks: Check[] = [
    ...versionChecks(),
    ...pathChecks(settings),
    ...secretChecks(connections),
    storageCheck(connections),
    ...providerChecks(connections),
    ...sentinelChecks(connections),
    ...ingestionChecks(connections),
    ...threatIntelChecks(connections),
  ];
  const results = await Promise.all(
    checks.map((check) => {
      const identity = signIns.find(({ covers }) => covers.has(check.name)) ?? signIns.find(({ isCommon }) => isCommon);
      const failedIdentity = identity?.result.status === 'failed' ? identity.result.name : undefined;
      return runCheck(check, { who: identity?.principal, failedIdentity, signal });
    }),
  );
  return examinationOf([...before, ...signIns.map((each) => each.result), ...results]);
}

/** What can be said where the settings cannot be read: `problems`, and whether the installation is in order. */
export async function examineInstallation(problems: readonly CheckResult[]): Promise<Examination> {
  return examinationOf([...problems, ...(await Promise.all(versionChecks().map((check) => runCheck(check))))]);
}

function examinationOf(checks: readonly CheckResult[]): Examination {
  return { status: worst(checks), versions: readVersions(), checks };
}

interface Identity {
  readonly name: string;
  readonly connection: ConnectionSource;
  /** Names of the checks that use it. */
  readonly covers: ReadonlySet<string>;
  /** That of the settings, which everything uses that has none of its own. */
  readonly isCommon?: boolean;
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
    settings.ingestion !== undefined ||
    Object.values(settings.providers).some((options) => AZURE_TYPES.has(options.type));
  const common: Identity[] = usesAzure ? [{ name: 'identity', connection: {}, covers: new Set(), isCommon: true }] : [];
  return [...common, ...own, ...providers];
}

async function checkIdentity(connections: Connections, identity: Identity, signal?: AbortSignal) {
  const { name, connection } = identity;
  const { settings } = connections;
  const wantedTenant = connection.tenantId ?? connection.identity?.tenantId ?? settings.identity.tenantId;
  let principal: Principal | undefined;
  const check: Check = {
    name,
    // A person signs in at their own pace.
    timeoutInMs: SIGN_IN_TIMEOUT_IN_MS,
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
      if (wantedTenant && principal.tenantId.toLowerCase() !== wantedTenant.toLowerCase()) {
        return {
          status: 'warning',
          detail: `${who}, not in ${wantedTenant}`,
          hint: 'A managed identity signs in to its own tenant alone. Unless the other one is delegated to it (Azure Lighthouse), give it an identity with client-secret or certificate.',
        };
      }
      return { status: 'ok', detail: who };
    },
  };
  const result = await runCheck(check, { signal });
  return { ...identity, result, principal };
}

function worst(results: readonly CheckResult[]): Examination['status'] {
  if (results.some(({ status }) => status === 'failed')) return 'failed';
  return results.some(({ status }) => status === 'warning') ? 'warning' : 'ok';
}

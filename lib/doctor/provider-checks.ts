import type { ProviderSettings, ProviderType } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { type Connections, openProvider } from '../providers/index.ts';
import type { QueryProvider, QueryRequest } from '../providers/provider.ts';
import type { Check } from './check.ts';
import { providerGrant } from './provider-grants.ts';

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
    grant: (who) => providerGrant(options, connections, who),
    async run(signal) {
      const probes = PROBES[options.type];
      if (!probes) return { status: 'ok', detail: `answers; ${await countTables(name, open, signal)} tables` };
      const provider = await open();
      for (const probe of probes) {
        const { partial, warnings } = await provider.query({ ...probe, nowInMs: Date.now() }, { signal });
        const lost = warnings.find(({ code }) => code === 'source-failed');
        if (partial && lost) return { status: 'warning', detail: lost.message };
      }
      return { status: 'ok', detail: 'answers' };
    },
  };
}

async function countTables(name: string, open: () => Promise<QueryProvider>, signal: AbortSignal): Promise<number> {
  try {
    return (await (await open()).tables({ signal })).length;
  } catch (error) {
    if (!(error instanceof TrailhoundError) || error.hint || error.code === 'unauthorized') throw error;
    // Of files and folders, the provider says what is missing; the settings say which are meant.
    const hint =
      error.code === 'unavailable'
        ? undefined
        : `Correct ${name.replace(/^provider /, 'providers.')} in trailhound.yaml.`;
    throw new TrailhoundError(error.code, error.message, { hint, cause: error });
  }
}

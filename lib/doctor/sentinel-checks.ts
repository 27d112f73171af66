import { HttpError } from '../azure/http-error.ts';
import type { WorkspaceSettings } from '../config/settings.ts';
import type { Connections } from '../providers/connections.ts';
import { asArray, asObject, asText } from '../providers/wire-access.ts';
import type { Check } from './check.ts';
import { roleGrant } from './grants.ts';
import { groupScope, workspaceScope } from './provider-grants.ts';

const SENTINEL_API = '2025-09-01';
const PERMISSIONS_API = '2022-04-01';
/** What publishing to an incident needs. */
const NEEDED = ['Microsoft.SecurityInsights/incidents/write', 'Microsoft.SecurityInsights/incidents/comments/write'];

/** For each workspace that can be found in Azure: whether its incidents can be read, and written to. */
export function sentinelChecks(connections: Connections): Check[] {
  return connections.settings.workspaces.map((workspace) => {
    const { subscriptionId, resourceGroup, workspaceName } = workspace;
    return subscriptionId && resourceGroup && workspaceName
      ? sentinelCheck(connections, workspace, groupScope({ subscriptionId, resourceGroup }))
      : unplacedCheck(workspace);
  });
}

/** Incidents are reached by where the workspace lies in Azure. */
function unplacedCheck({ name, workspaceId }: WorkspaceSettings): Check {
  return {
    name: `sentinel ${name}`,
    run: async () => ({
      status: 'skipped',
      detail: 'subscriptionId, resourceGroup and workspaceName are not all set: incidents are not read or commented on',
      hint: 'They are looked up so:',
      command: `az monitor log-analytics workspace list --query "[?customerId=='${workspaceId}'].{id:id}" -o tsv`,
    }),
  };
}

function sentinelCheck(connections: Connections, workspace: WorkspaceSettings, group: string): Check {
  return {
    name: `sentinel ${workspace.name}`,
    grant: (who) => roleGrant('Microsoft Sentinel Responder', group, connections.cloud(workspace), who),
    async run(signal) {
      const http = connections.client(
        'Azure Resource Manager',
        connections.cloud(workspace).resourceManager,
        workspace,
      );
      const incidents = `${workspaceScope(workspace)}/providers/Microsoft.SecurityInsights/incidents?api-version=${SENTINEL_API}&$top=1`;
      await http.json({ method: 'GET', url: incidents, signal });
      const permissions = asObject(
        await http.json({
          method: 'GET',
          url: `${group}/providers/Microsoft.Authorization/permissions?api-version=${PERMISSIONS_API}`,
          signal,
        }),
      );
      const missing = NEEDED.filter((action) => !isAllowed(action, asArray(permissions['value'])));
      if (missing.length > 0) {
        throw new HttpError('unauthorized', `incidents can be read, but not written to: ${missing.join(', ')}`, {
          status: 403,
        });
      }
      return { status: 'ok', detail: 'incidents can be read and commented on' };
    },
  };
}

/** Whether one of the roles allows an action: its actions match, and none of its exceptions does. */
export function isAllowed(action: string, roles: readonly unknown[]): boolean {
  const matches = (patterns: unknown) => asArray(patterns).some((pattern) => matchesAction(action, asText(pattern)));
  return roles.map(asObject).some((role) => matches(role['actions']) && !matches(role['notActions']));
}

/** Actions are compared without regard to case; `*` stands for anything. */
function matchesAction(action: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  let rest = action.toLowerCase();
  const [first = '', ...others] = parts;
  if (!rest.startsWith(first)) return false;
  if (others.length === 0) return rest === first;
  rest = rest.slice(first.length);
  const last = others.pop() ?? '';
  for (const part of others) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return rest.endsWith(last);
}

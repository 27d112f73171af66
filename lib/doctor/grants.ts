import type { Cloud } from '../azure/clouds.ts';
import type { Grant } from './check.ts';

/** Microsoft Graph, in every tenant of every cloud. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/** A role of Azure on a scope. */
export function roleGrant(role: string, scope: string, principalId: string): Grant {
  return {
    hint: `Grant "${role}" on ${scope}.`,
    command: `az role assignment create --role "${role}" --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${scope}`,
  };
}

/** An application permission of Microsoft Graph: its id is looked up by its name. */
export function graphGrant(permissions: readonly string[], cloud: Cloud, principalId: string): Grant {
  const assign = (permission: string) =>
    `az rest --method POST --uri "${cloud.graph.url}/v1.0/servicePrincipals/${principalId}/appRoleAssignments" --body "{\\"principalId\\":\\"${principalId}\\",\\"resourceId\\":\\"$(az ad sp show --id ${GRAPH_APP_ID} --query id -o tsv)\\",\\"appRoleId\\":\\"$(az ad sp show --id ${GRAPH_APP_ID} --query "appRoles[?value=='${permission}'].id | [0]" -o tsv)\\"}"`;
  return {
    hint: `Grant the application permission${permissions.length > 1 ? 's' : ''} ${permissions.join(' and ')} of Microsoft Graph.`,
    command: permissions.map(assign).join('\n'),
  };
}

import type { Cloud } from '../azure/clouds.ts';
import { TOOL_NAMES } from '../azure/sign-in-advice.ts';
import type { Grant } from './check.ts';
import type { Principal } from './principal.ts';

/** Microsoft Graph, in every tenant of every cloud. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/** Whom something is granted to; undefined where nobody could sign in. */
export type Grantee = Pick<Principal, 'objectId' | 'tenantId' | 'appId' | 'type' | 'name'> | undefined;

/** What stands in a command for what is not known; quoted, so that a shell takes it for no redirection. */
export function blank(what: string): string {
  return `"<${what}>"`;
}

/** The id of a resource, looked up by the Azure CLI. */
export function lookedUp(command: string, query = 'id'): string {
  return `$(az ${command} --query "${query}" -o tsv)`;
}

/** A role of Azure on scopes, each the id of a resource or what looks it up. */
export function roleGrant(role: string, scopes: string | readonly string[], cloud: Cloud, who: Grantee): Grant {
  const all = [scopes].flat();
  const assignee = `--assignee-object-id ${who?.objectId ?? blank('principal id')} --assignee-principal-type ${who?.type ?? 'ServicePrincipal'}`;
  return {
    hint: `Grant "${role}"${onWhat(all)}.${inCloud(cloud)}`,
    command: all.map((scope) => `az role assignment create --role "${role}" ${assignee} --scope "${scope}"`).join('\n'),
  };
}

function onWhat(scopes: readonly string[]): string {
  const known = scopes.filter((scope) => !scope.startsWith('$('));
  return known.length > 0 ? ` on ${known.join(' and ')}` : '';
}

/** The Azure CLI knows one cloud at a time. */
function inCloud(cloud: Cloud): string {
  return cloud.name === 'global'
    ? ''
    : ` The Azure CLI must be in that cloud: az cloud set --name ${TOOL_NAMES[cloud.name]}`;
}

/**
 * Permissions of Microsoft Graph: of an application directly, where its ids are looked up by their names; of a person
 * through the app registration that they sign in with, for the Azure CLI's own may ask for none of them.
 */
export function graphGrant(permissions: readonly string[], cloud: Cloud, who: Grantee): Grant {
  const names = permissions.join(' and ');
  const plural = permissions.length > 1 ? 's' : '';
  if (who?.type === 'User') {
    const add = (permission: string) =>
      `az ad app permission add --id ${blank('client id')} --api ${GRAPH_APP_ID} --api-permissions "${lookedUp(`ad sp show --id ${GRAPH_APP_ID}`, `oauth2PermissionScopes[?value=='${permission}'].id | [0]`)}=Scope"`;
    return {
      hint: `A person needs an app registration with the delegated permission${plural} ${names} of Microsoft Graph, and a role that reads alerts (Security Reader): set identity.clientId, and identity.methods to interactive or device-code.${inCloud(cloud)}`,
      command: [...permissions.map(add), `az ad app permission admin-consent --id ${blank('client id')}`].join('\n'),
    };
  }
  const principal = who?.objectId ?? '<principal id>';
  const assign = (permission: string) =>
    `az rest --method POST --uri "${cloud.graph.url}/v1.0/servicePrincipals/${principal}/appRoleAssignments" --body "{\\"principalId\\":\\"${principal}\\",\\"resourceId\\":\\"${lookedUp(`ad sp show --id ${GRAPH_APP_ID}`)}\\",\\"appRoleId\\":\\"${lookedUp(`ad sp show --id ${GRAPH_APP_ID}`, `appRoles[?value=='${permission}'].id | [0]`)}\\"}"`;
  return {
    hint: `Grant the application permission${plural} ${names} of Microsoft Graph.${inCloud(cloud)}`,
    command: permissions.map(assign).join('\n'),
  };
}

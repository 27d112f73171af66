import { appOf, field, guidOf, tenantOf } from './fields.ts';
import type { Part } from './source.ts';

/** Workspaces of both names of the section, the default one first: it is ours too. */
export function importWorkspaces(root: Part, tenantId: unknown): Record<string, unknown>[] {
  const parts = ['AzureSentinel', 'MSSentinel'].flatMap((name) => root.at(name).at('Workspaces').parts());
  parts.sort((a, b) => Number(b.name === 'Default') - Number(a.name === 'Default'));
  const taken = new Map<string, Record<string, unknown>>();
  for (const part of parts) {
    const workspaceId = guidOf(part.at('WorkspaceId'));
    if (!workspaceId) {
      part.note('has no WorkspaceId that is a GUID');
      continue;
    }
    const twin = taken.get(workspaceId.toLowerCase());
    if (twin) {
      part.note(`is the same workspace as ${String(twin['name'])}; one is kept`);
      continue;
    }
    const names = [...taken.values()].map(({ name }) => name);
    taken.set(workspaceId.toLowerCase(), {
      name: freeName(part.name, names),
      workspaceId,
      ...field('workspaceName', part.at('WorkspaceName').text()),
      ...field('subscriptionId', guidOf(part.at('SubscriptionId'))),
      ...field('resourceGroup', part.at('ResourceGroup').text()),
      ...tenantOf(part.at('TenantId'), tenantId),
      ...appOf(part.at('Args')),
    });
  }
  return [...taken.values()];
}

/** The name in our form, with a number if it is taken. */
function freeName(text: string, taken: readonly unknown[]): string {
  const name =
    text
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 60) || 'workspace';
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}

/** The older form, a `config.json` with a single workspace. */
export function importConfigJson(root: Part): Record<string, unknown> {
  const tenantId = guidOf(root.at('tenant_id'));
  const workspaceId = guidOf(root.at('workspace_id'));
  if (!workspaceId) return {};
  const workspaceName = root.at('workspace_name').text();
  return {
    ...field('identity', tenantId && { tenantId }),
    workspaces: [
      {
        name: freeName(workspaceName ?? 'workspace', []),
        workspaceId,
        ...field('workspaceName', workspaceName),
        ...field('subscriptionId', guidOf(root.at('subscription_id'))),
        ...field('resourceGroup', root.at('resource_group').text()),
      },
    ],
  };
}

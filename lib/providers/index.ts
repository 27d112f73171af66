import { nearest } from '../config/nearest.ts';
import type { ProviderSettings, ProviderType, SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import type { Connections } from './connections.ts';
import type { QueryProvider } from './provider.ts';

export * from './connections.ts';
export * from './provider.ts';

type Factory<Type extends ProviderType> = (
  name: string,
  options: SettingsOf<Type>,
  connections: Connections,
) => QueryProvider | Promise<QueryProvider>;

/** How each type of provider is made; the file of each is loaded when it is first used. */
const factories: { readonly [Type in ProviderType]?: Factory<Type> } = {
  'log-analytics': async (name, options, connections) =>
    (await import('./log-analytics.ts')).logAnalytics(name, options, connections),
};

/** Providers that need no settings of their own: they exist under the name of their type. */
function impliedProvider(name: string, { settings }: Connections): ProviderSettings | undefined {
  if (name === 'log-analytics' && settings.workspaces.length > 0) {
    return { type: name, workspaces: settings.workspaces.slice(0, 1).map((workspace) => workspace.name) };
  }
  if (name === 'local' && settings.dataPaths.length > 0) return { type: name, paths: settings.dataPaths };
  return undefined;
}

/** The names of all providers that the settings give. */
export function providerNames(connections: Connections): string[] {
  const implied = Object.keys(factories).filter((type) => impliedProvider(type, connections));
  return [...new Set([...Object.keys(connections.settings.providers), ...implied])].sort();
}

/**
 * The provider of that name: of `providers` in the settings, or one that the settings imply.
 *
 * @throws usage: there is none; the hint lists the known ones
 */
export async function openProvider(name: string, connections: Connections): Promise<QueryProvider> {
  const { providers } = connections.settings;
  const options = Object.hasOwn(providers, name) ? providers[name] : impliedProvider(name, connections);
  if (!options) {
    const names = providerNames(connections);
    const near = nearest(name, names);
    throw new TrailhoundError('usage', `there is no provider "${name}"${near ? `; did you mean "${near}"?` : ''}`, {
      hint: `The settings give: ${names.join(', ') || 'none (add one under providers, or a workspace)'}`,
    });
  }
  const make = factories[options.type] as Factory<ProviderType> | undefined;
  if (!make) throw new TrailhoundError('unsupported', `providers of type "${options.type}" cannot be opened here`);
  return make(name, options, connections);
}

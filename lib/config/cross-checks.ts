import { nodeAt } from './json-schema.ts';
import { isReference } from './secret-fields.ts';

/** Something wrong that one field cannot know of another. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Plain = Readonly<Record<string, unknown>>;

/**
 * Names that must exist or must differ, things that exclude each other, references where none is read. Looks at settings
 * whose fields may be wrong in themselves, so that every problem is found at once.
 */
export function crossFaults(settings: unknown): Fault[] {
  const root = asPlain(settings);
  return [
    ...doubles(root, 'workspaces'),
    ...doubles(root, 'hunts'),
    ...unknownWorkspaces(root),
    ...misspeltServices(root),
    ...strayReferences(settings),
    ...storageFaults(asPlain(root['storage'])),
  ];
}

function namesOf(root: Plain, list: string): (string | undefined)[] {
  return asList(root[list]).map((entry) => {
    const { name } = asPlain(entry);
    return typeof name === 'string' ? name : undefined;
  });
}

function doubles(root: Plain, list: string): Fault[] {
  const names = namesOf(root, list);
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ path: [list, index, 'name'], message: `"${name}" is the name of two ${list}` }]
      : [],
  );
}

function unknownWorkspaces(root: Plain): Fault[] {
  const names = namesOf(root, 'workspaces').filter((name) => name !== undefined);
  const ofProviders = Object.entries(asPlain(root['providers'])).flatMap(([provider, options]) =>
    asList(asPlain(options)['workspaces']).map((wanted, index) => ({
      path: ['providers', provider, 'workspaces', index],
      wanted,
    })),
  );
  const ofHunts = asList(root['hunts']).map((hunt, index) => ({
    path: ['hunts', index, 'workspace'],
    wanted: asPlain(hunt)['workspace'],
  }));
  return [...ofProviders, ...ofHunts].flatMap(({ path, wanted }) =>
    typeof wanted !== 'string' || names.includes(wanted)
      ? []
      : [{ path, message: `there is no workspace "${wanted}"; there are: ${names.join(', ') || 'none'}` }],
  );
}

function misspeltServices(root: Plain): Fault[] {
  return Object.keys(asPlain(root['threatIntel']))
    .filter((name) => name !== 'localFiles' && name !== name.toLowerCase())
    .map((name) => ({
      path: ['threatIntel', name],
      message: `services are written in small letters; did you mean "${name.toLowerCase()}"?`,
    }));
}

/** Only secrets are read through references: elsewhere `env:NAME` would be taken as it stands. */
function strayReferences(settings: unknown): Fault[] {
  const found: Fault[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === 'string') {
      const node = isReference(value) ? nodeAt(path, settings) : undefined;
      if (node?.type === 'string' && !node.secret) {
        found.push({ path, message: 'takes no reference (kv:, env:): write the value itself' });
      }
    } else if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, [...path, index]);
    else for (const [key, item] of Object.entries(asPlain(value))) walk(item, [...path, key]);
  };
  walk(settings, []);
  return found;
}

function storageFaults({ connectionString, accountUrl }: Plain): Fault[] {
  if (connectionString === undefined || accountUrl === undefined) return [];
  return [{ path: ['storage', 'accountUrl'], message: 'is set beside connectionString: keep one' }];
}

function asPlain(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

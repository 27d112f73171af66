import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import { TrailhoundError } from '../errors.ts';
import { packageRoot } from '../paths.ts';
import { type Hunt, huntSchema, type Playbook, playbookSchema } from './playbook.ts';
import { readYaml } from './read-yaml.ts';

/** The playbook of a name (from `content/playbooks`), or of a path that ends in `.yaml` or `.yml`. */
export function loadPlaybook(nameOrPath: string, options: { allowPaths?: boolean } = {}): Playbook {
  if (options.allowPaths && /\.ya?ml$/.test(nameOrPath)) return readFileAs(nameOrPath, playbookSchema);
  const playbooks = listPlaybooks();
  const found = playbooks.find((playbook) => playbook.name === nameOrPath);
  if (found) return found;
  throw new TrailhoundError('not-found', `there is no playbook "${nameOrPath.slice(0, 100)}"`, {
    hint: `There are: ${playbooks.map((playbook) => playbook.name).join(', ')}`,
  });
}

/** All playbooks that come with the app, by name. */
export function listPlaybooks(): Playbook[] {
  return readFolder('playbooks', playbookSchema);
}

/** All hunts that come with the app, by name. */
export function listHunts(): Hunt[] {
  return readFolder('hunts', huntSchema);
}

function readFolder<Schema extends z.ZodType<{ name: string }>>(
  folder: string,
  schema: Schema,
): z.output<Schema>[] {
  const path = join(packageRoot(), 'content', folder);
  const files = readdirSync(path).filter((file) => /\.ya?ml$/.test(file)).sort();
  return files.map((file) => readFileAs(join(path, file), schema));
}

function readFileAs<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TrailhoundError('not-found', `${path} cannot be read`, { cause: error });
  }
  return readYaml(text, basename(path), schema);
}

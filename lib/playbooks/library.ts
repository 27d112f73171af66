import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { z } from 'zod';
import { loadSettings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import { packageRoot } from '../paths.ts';
import { readYaml } from '../read-yaml.ts';
import { type Hunt, huntSchema, type Playbook, playbookSchema } from './playbook.ts';

/** The playbook of a name (see `listPlaybooks`), or of a path that ends in `.yaml` or `.yml`. */
export function loadPlaybook(nameOrPath: string, options: { allowPaths?: boolean } = {}): Playbook {
  if (options.allowPaths && /\.ya?ml$/.test(nameOrPath)) return readFileAs(nameOrPath, playbookSchema);
  const playbooks = listPlaybooks();
  const found = playbooks.find((playbook) => playbook.name === nameOrPath);
  if (found) return found;
  throw new TrailhoundError('not-found', `there is no playbook "${nameOrPath.slice(0, 100)}"`, {
    hint: `There are: ${playbooks.map((playbook) => playbook.name).join(', ')}`,
  });
}

/**
 * All playbooks: those that come with the app, and those of the folders that the setting `playbookFolders` names; a
 * later one of the same name takes its place.
 */
export function listPlaybooks(env: Readonly<Record<string, string | undefined>> = process.env): Playbook[] {
  const folders = loadSettings({ env }).playbookFolders.map((folder) => resolve(folder));
  const all = [contentFolder('playbooks'), ...folders].flatMap((folder) => readFolder(folder, playbookSchema));
  return [...new Map(all.map((playbook) => [playbook.name, playbook])).values()];
}

/** All hunts that come with the app, by name. */
export function listHunts(): Hunt[] {
  return readFolder(contentFolder('hunts'), huntSchema);
}

function contentFolder(name: string): string {
  return join(packageRoot(), 'content', name);
}

function readFolder<Schema extends z.ZodType<{ name: string }>>(folder: string, schema: Schema): z.output<Schema>[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new TrailhoundError('not-found', `the folder ${folder} cannot be read`, { cause: error });
  }
  const files = names.filter((file) => /\.ya?ml$/.test(file)).sort();
  return files.map((file) => readFileAs(join(folder, file), schema));
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

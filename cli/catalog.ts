import {
  type CatalogKind,
  catalogs,
  type ParameterEntry,
  type TableEntry,
  type VerbEntry,
} from '../lib/catalog/index.ts';
import { TrailhoundError } from '../lib/errors.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { type Terminal, write, writeJson } from './terminal.ts';
import { textTable } from './text-table.ts';

const KINDS = Object.keys(catalogs) as CatalogKind[];

export const catalogCommand = defineCommand({
  name: 'catalog',
  summary: 'List verbs, playbooks, providers… with parameters, types, defaults and docs',
  description: '',
  arguments: [
    { name: 'kind', docs: 'What to list; without it, how many there are', required: false, choices: KINDS },
    { name: 'name', docs: 'One entry, in full', required: false },
  ],
  options: { json: sharedOptions.json },
  examples: ['trailhound catalog verbs', 'trailhound catalog verbs decode.base64', 'trailhound catalog --json'],
  async run({ arguments: [kind, name], options: { json } }, terminal) {
    const kinds = kind ? [kind as CatalogKind] : KINDS;
    const found = kinds.map((each) => [each, entriesOf(each, name)] as const);
    if (json) await writeJson(terminal, Object.fromEntries(found));
    else if (!kind) await write(terminal.stdout, overview(found));
    else for (const [each, entries] of found) await writeEntries(terminal, each, entries, name !== undefined);
    return EXIT.ok;
  },
});

/** How many there are of each kind. */
function overview(found: readonly (readonly [string, readonly Entry[]])[]): string {
  const rows = found.map(([kind, entries]) => [kind, String(entries.length), `trailhound catalog ${kind}`]);
  return textTable(['kind', 'entries', 'list them'], rows);
}

type Entry = { readonly name: string; readonly summary?: string; readonly description?: string };

function entriesOf(kind: CatalogKind, name: string | undefined): readonly Entry[] {
  const entries: readonly Entry[] = catalogs[kind]();
  if (name === undefined) return entries;
  const found = entries.filter((entry) => entry.name === name);
  if (found.length > 0) return found;
  throw new TrailhoundError('usage', `there is no "${name}" among the ${kind}`, {
    hint: `There are: ${entries.map((entry) => entry.name).join(', ')}`,
  });
}

async function writeEntries(
  terminal: Terminal,
  kind: string,
  entries: readonly Entry[],
  whole: boolean,
): Promise<void> {
  const { stdout } = terminal;
  if (whole) {
    for (const entry of entries) await write(stdout, entryText(entry));
    return;
  }
  await write(stdout, `${kind} (${entries.length})\n`);
  const rows = entries.map(({ name, summary, description }) => [name, summary ?? description ?? '']);
  await write(stdout, `${textTable(['name', 'what it does'], rows, 90)}\n`);
}

function entryText(entry: Entry): string {
  const { inputs, parameters, settings, columns, output, example } = entry as Partial<VerbEntry> & {
    columns?: TableEntry['columns'];
    inputs?: readonly ParameterEntry[];
    settings?: readonly ParameterEntry[];
  };
  const given = parameters ?? inputs ?? settings ?? [];
  return [
    entry.name,
    entry.summary,
    entry.description,
    given.length > 0 ? textTable(['parameter', 'type', 'default', 'docs'], given.map(parameterRow), 80) : '',
    output && output.columns.length > 0
      ? textTable(
          ['output column', 'type', 'docs'],
          output.columns.map(({ name, type, docs }) => [name, type, docs]),
          80,
        )
      : '',
    columns
      ? textTable(
          ['column', 'type'],
          columns.map((column) => [column.name, column.type]),
        )
      : '',
    example ? `Example:\n${example}\n` : '',
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

function parameterRow({ name, type, required, default: value, docs }: ParameterEntry): string[] {
  return [name, type, required ? 'required' : value === undefined ? '' : JSON.stringify(value), docs];
}

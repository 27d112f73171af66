import {
  type ParameterEntry,
  playbookCatalog,
  providerCatalog,
  type VerbEntry,
  verbCatalog,
} from '../../lib/catalog/index.ts';
import { cellText, code, page, table } from './markdown.ts';

export function verbsPage(): string {
  const verbs = verbCatalog();
  const families = [...new Set(verbs.map(({ name }) => name.split('.')[0]!))];
  return page(
    'Verbs',
    `${verbs.length} verbs. A step of a playbook runs one; so does \`trailhound verb\`, and \`runVerbOn\` in a script.`,
    table(
      ['Verb', 'What it does'],
      verbs.map(({ name, summary }) => [`[${name}](#${name.replaceAll('.', '')})`, cellText(summary)]),
    ),
    ...families.flatMap((family) => verbs.filter(({ name }) => name.startsWith(`${family}.`)).map(verbText)),
  );
}

function verbText(verb: VerbEntry): string {
  const { name, summary, description, entities, inputTables, parameters, output, example } = verb;
  const { min, max } = inputTables;
  const facts = [
    `Takes ${min === max ? count(min) : `${min} to ${max} tables`}.`,
    output.keepsInput ? "The input's columns come first in the output." : '',
    output.artifacts ? 'Draws a PNG and a page.' : '',
    entities.length > 0 ? `Serves ${entities.join(', ')}.` : '',
  ];
  const columns = output.columns.map(({ name: column, type, docs }) => [code(column), code(type), cellText(docs)]);
  return [
    `## ${name}`,
    `${summary}.`,
    description.trim(),
    facts.filter(Boolean).join(' '),
    parameters.length > 0 ? parameterTable(parameters) : '',
    columns.length > 0 ? table(['Output column', 'Type', ''], columns) : '',
    `\`\`\`yaml\n${example.trim()}\n\`\`\``,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const count = (tables: number) => (tables === 0 ? 'no table' : tables === 1 ? 'one table' : `${tables} tables`);

function parameterTable(parameters: readonly ParameterEntry[]): string {
  return table(
    ['Parameter', 'Type', 'Default', ''],
    parameters.map(({ name, type, required, default: value, docs }) => [
      code(name),
      code(type),
      required ? '**required**' : value === undefined ? '' : code(JSON.stringify(value)),
      cellText(docs),
    ]),
  );
}

export function playbooksPage(): string {
  const playbooks = playbookCatalog();
  return page(
    'Playbooks that come with Trailhound',
    'The files are in `content/playbooks`; [Playbooks](../playbooks.md) says how to write one.',
    ...playbooks.map(({ name, description, inputs, steps }) =>
      [
        `## ${name}`,
        description.trim(),
        inputs.length > 0 ? parameterTable(inputs) : '',
        table(
          ['Step', 'Verb', ''],
          steps.map((step) => [
            code(step.name),
            `[${step.verb}](verbs.md#${step.verb.replaceAll('.', '')})`,
            cellText(step.docs),
          ]),
        ),
        `\`\`\`sh\n./trailhound run ${name} --data ./logs\n\`\`\``,
      ]
        .filter(Boolean)
        .join('\n\n'),
    ),
  );
}

export function providersPage(): string {
  return page(
    'Query providers',
    'Types that `providers.<name>.type` in the [settings](settings.md) may have. `local` and `log-analytics` need no entry: they exist where `dataPaths` and `workspaces` are set.',
    ...providerCatalog().map(({ name, settings }) =>
      [`## ${name}`, settings.length > 0 ? parameterTable(settings) : 'No settings of its own.'].join('\n\n'),
    ),
  );
}

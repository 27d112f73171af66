import { type JsonSchema, typeText } from '../../lib/catalog/index.ts';
import { type SchemaNode, settingsJsonSchema } from '../../lib/config/json-schema.ts';
import { cellText, code, page, table } from './markdown.ts';

type Row = readonly [field: string, type: string, value: string, docs: string];

/** Every setting, from the schema that checks them. */
export function settingsPage(): string {
  const { properties = {} } = settingsJsonSchema();
  const heads = ['Setting', 'Type', 'Default', ''];
  const simple = Object.entries(properties).filter(([, node]) => !hasFields(node));
  const grouped = Object.entries(properties).filter(([, node]) => hasFields(node));
  return page(
    'Settings',
    [
      'In `trailhound.yaml`, or as environment variables and app settings: `TRAILHOUND__budgets__queries=50` sets',
      '`budgets.queries`, `TRAILHOUND__workspaces__0__name=soc` the name of the first workspace. `[]` stands for an entry',
      'of a list, `<name>` for a name of your own. Types of providers and their settings: [Query providers](providers.md).',
    ].join('\n'),
    table(
      heads,
      simple.flatMap(([name, node]) => rowsOf(name, node)),
    ),
    ...grouped.map(([name, node]) =>
      [`## ${name}`, node.description ? `${node.description}.` : '', table(heads, rowsOf(name, node))]
        .filter(Boolean)
        .join('\n\n'),
    ),
  );
}

const hasFields = (node: SchemaNode): boolean =>
  node.properties !== undefined ||
  typeof node.additionalProperties === 'object' ||
  node.items?.properties !== undefined;

function rowsOf(field: string, node: SchemaNode): Row[] {
  // The many types of providers have their own page.
  if (node.anyOf?.some((choice) => choice.properties) || node.oneOf?.some((choice) => choice.properties)) {
    return [[code(field), code('provider'), '', 'See [Query providers](providers.md)']];
  }
  if (node.properties) {
    const own = Object.entries(node.properties).flatMap(([name, child]) => rowsOf(`${field}.${name}`, child));
    return [...own, ...additional(field, node)];
  }
  if (typeof node.additionalProperties === 'object') return additional(field, node);
  if (node.items && hasFields(node.items)) return rowsOf(`${field}[]`, node.items);
  const value = node.default === undefined ? '' : code(JSON.stringify(node.default));
  return [[code(field), code(node.secret ? 'secret' : typeText(node as JsonSchema)), value, docsOf(node)]];
}

function additional(field: string, { additionalProperties }: SchemaNode): Row[] {
  return typeof additionalProperties === 'object' ? rowsOf(`${field}.<name>`, additionalProperties) : [];
}

function docsOf({ description = '', examples }: SchemaNode): string {
  const example = examples?.[0] === undefined ? '' : `for example ${code(JSON.stringify(examples[0]))}`;
  return [cellText(description), example].filter(Boolean).join('; ');
}

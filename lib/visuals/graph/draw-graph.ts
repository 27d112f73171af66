import { z } from 'zod';
import { type Entity, parseEntities } from '../../entities/index.ts';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, type TableSource } from '../../tables/index.ts';
import { cellText, firstColumn, isNumeric, numbersOf, requireColumn } from '../columns.ts';
import { drawingKit } from '../drawing-kit.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatCount } from '../format.ts';
import { pictureOptions } from '../options.ts';
import type { Picture } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { type Graph, GraphBuilder, largestPart } from './graph.ts';
import { graphPicture } from './graph-picture.ts';

export const graphOptions = z.object({
  ...pictureOptions,
  sourceColumn: z
    .string()
    .optional()
    .describe(
      'Column of the nodes at which edges begin; without it and a column `Entities`, two telling columns are taken',
    ),
  targetColumn: z.string().optional().describe('Column of the nodes at which edges end'),
  sourceKind: z.string().max(60).optional().describe('What the first are; by default the name of the column'),
  targetKind: z.string().max(60).optional().describe('What the second are; by default the name of the column'),
  sourceKindColumn: z.string().optional().describe('Column that says of each row what the first is'),
  targetKindColumn: z.string().optional().describe('Column that says of each row what the second is'),
  weightColumn: z
    .string()
    .optional()
    .describe('Numeric column that is summed to the width of an edge; by default rows are counted'),
  edgeColumn: z.string().optional().describe('Column whose values keep edges between the same nodes apart'),
  directed: z.boolean().default(false).describe('Whether edges have a direction'),
  entitiesColumn: z
    .string()
    .optional()
    .describe('Column of alerts’ entities (JSON): draws alerts, their entities and what those name'),
  highlight: z.array(z.string()).max(1000).default([]).describe('Nodes that are drawn in red'),
  maxNodes: z.int().min(2).max(2000).default(500).describe('Most nodes; the best linked are drawn'),
  height: z.int().min(200).max(2400).default(720).describe('Height of the plot, in px before `scale`'),
});
export type GraphParameters = z.output<typeof graphOptions>;

const SOURCES = [
  'Source',
  'SourceNode',
  'SourceIp',
  'SrcIP',
  'SourceIP',
  'IPAddress',
  'Account',
  'SubjectUserName',
  'ParentProcessName',
  'InitiatingProcessFileName',
];
const TARGETS = [
  'Target',
  'TargetNode',
  'DestinationIp',
  'DestinationIP',
  'AllExtIPs',
  'RemoteIP',
  'Computer',
  'DeviceName',
  'NewProcessName',
  'FileName',
];
const ALERT_NAMES = ['AlertDisplayName', 'DisplayName', 'AlertName', 'Title', 'ProductName'];
const ALERT_IDS = ['SystemAlertId', 'AlertId', 'VendorOriginalId', 'Id'];
const INCIDENTS = ['IncidentNumber', 'IncidentId', 'IncidentName'];

async function linkGraph(source: TableSource, parameters: GraphParameters): Promise<Graph> {
  const { schema } = source;
  const pick = (wanted: string | undefined, option: string, known: readonly string[], not: string | undefined) => {
    if (wanted !== undefined) return requireColumn(schema, wanted, option).name;
    const others = schema.filter(({ name }) => name !== not);
    return firstColumn(others, known) ?? others.find(({ type }) => type === 'string')?.name;
  };
  const from = pick(parameters.sourceColumn, 'sourceColumn', SOURCES, parameters.targetColumn);
  const to = pick(parameters.targetColumn, 'targetColumn', TARGETS, from);
  if (from === undefined || to === undefined) {
    throw new TrailhoundError('usage', 'a graph needs two columns: sourceColumn and targetColumn', {
      hint: `There are: ${schema.map(({ name }) => name).join(', ')}`,
    });
  }
  const option = (name: 'sourceKindColumn' | 'targetKindColumn' | 'weightColumn' | 'edgeColumn') =>
    parameters[name] === undefined ? undefined : requireColumn(schema, parameters[name], name).name;
  const columns = {
    fromKind: option('sourceKindColumn'),
    toKind: option('targetKindColumn'),
    weight: option('weightColumn'),
    edge: option('edgeColumn'),
  };
  const table = await source.read([
    ...new Set([from, to, ...Object.values(columns).filter((name) => name !== undefined)]),
  ]);
  const column = (name: string | undefined) => (name === undefined ? undefined : getColumn(table, name));
  const [fromCells, toCells] = [getColumn(table, from), getColumn(table, to)];
  const [fromKinds, toKinds, edges] = [column(columns.fromKind), column(columns.toKind), column(columns.edge)];
  const weights =
    columns.weight === undefined ? undefined : numbersOf(getColumn(table, columns.weight), 'weightColumn');
  if (columns.weight !== undefined && !isNumeric(getColumn(table, columns.weight).type)) {
    throw new TrailhoundError('usage', `weightColumn: column "${columns.weight}" is not numeric`);
  }
  const builder = new GraphBuilder();
  const add = (label: string, kind: string) =>
    builder.node(`${kind}\u0000${label}`, () => ({ label, kind, detail: '' }));
  for (let row = 0; row < table.rowCount; row++) {
    const [a, b] = [cellText(fromCells, row), cellText(toCells, row)];
    if (a === '' || b === '') continue;
    const first = add(a, (fromKinds && cellText(fromKinds, row)) || (parameters.sourceKind ?? from));
    const second = add(b, (toKinds && cellText(toKinds, row)) || (parameters.targetKind ?? to));
    builder.edge(first, second, weights ? weights[row]! || 0 : 1, edges ? cellText(edges, row) : '');
  }
  return builder.graph();
}

/** Words about an entity, for its tooltip. */
const describe = ({ properties }: Entity) =>
  Object.entries(properties)
    .slice(0, 12)
    .map(([name, value]) => `${name}: ${value.slice(0, 200)}`)
    .join('; ');

/** Incident, alerts, their entities and what those name. Nodes are one by kind and id, so that equal names stay apart. */
async function entityGraph(source: TableSource, entitiesColumn: string): Promise<Graph> {
  const { schema } = source;
  const [name, id, incident] = [
    firstColumn(schema, ALERT_NAMES),
    firstColumn(schema, ALERT_IDS),
    firstColumn(schema, INCIDENTS),
  ];
  const table = await source.read([
    ...new Set([entitiesColumn, name, id, incident].filter((each) => each !== undefined)),
  ]);
  const text = (column: string | undefined, row: number) =>
    column === undefined ? '' : cellText(getColumn(table, column), row);
  const builder = new GraphBuilder();
  for (let row = 0; row < table.rowCount; row++) {
    const label = text(name, row) || `Alert ${row + 1}`;
    const alert = builder.node(`alert\u0000${text(id, row) || row}`, () => ({
      label,
      kind: 'alert',
      detail: text(id, row),
    }));
    const number = text(incident, row);
    if (number !== '') {
      builder.edge(
        builder.node(`incident\u0000${number}`, () => ({ label: `Incident ${number}`, kind: 'incident', detail: '' })),
        alert,
      );
    }
    const { entities } = parseEntities(text(entitiesColumn, row));
    const nodes = new Map(
      entities.map((entity) => [
        entity.key,
        builder.node(entity.key, () => ({ label: entity.id, kind: entity.kind, detail: describe(entity) })),
      ]),
    );
    const named = new Set<string>();
    for (const entity of entities) {
      for (const [relation, keys] of Object.entries(entity.related)) {
        for (const key of keys) {
          const other = nodes.get(key);
          if (other === undefined) continue;
          named.add(key);
          builder.edge(nodes.get(entity.key)!, other, 1, relation);
        }
      }
    }
    for (const entity of entities) if (!named.has(entity.key)) builder.edge(alert, nodes.get(entity.key)!);
  }
  return builder.graph();
}

/** Who is linked with what. */
export async function graphOf(input: TableSource, parameters: GraphParameters): Promise<Picture> {
  const { measure } = await drawingKit();
  const source = withEventNames(input, [parameters.weightColumn]);
  const named =
    parameters.entitiesColumn && requireColumn(source.schema, parameters.entitiesColumn, 'entitiesColumn').name;
  const entitiesColumn =
    named ??
    (parameters.sourceColumn === undefined ? firstColumn(source.schema, ['Entities', 'AlertEntities']) : undefined);
  const whole =
    entitiesColumn === undefined ? await linkGraph(source, parameters) : await entityGraph(source, entitiesColumn);
  const { graph, left } = largestPart(whole, parameters.maxNodes);
  const notes = [
    `${countOf(whole.nodes.length, 'node')}, ${countOf(whole.edges.length, 'link')}. Size: number of links.`,
  ];
  if (left > 0)
    notes.push(`The ${formatCount(graph.nodes.length)} best linked nodes are drawn, ${formatCount(left)} are not.`);
  const title =
    parameters.title ??
    (entitiesColumn === undefined
      ? `${safeText(graph.nodes[0]?.kind ?? 'Nodes', 40)} and what it is linked with`
      : 'Alerts and their entities');
  return graphPicture(
    graph,
    {
      title,
      notes,
      widthInPx: parameters.width,
      heightInPx: parameters.height,
      directed: parameters.directed,
      highlight: new Set(parameters.highlight.map((value) => value.toLowerCase())),
    },
    measure,
  );
}

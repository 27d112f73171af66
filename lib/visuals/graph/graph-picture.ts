import type { LegendEntry } from '../legend.ts';
import type { Form, Picture, Plot } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { constant, type DrawingData, drawingData } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import { fitLabel } from '../text-fit.ts';
import { categoryColour, type Theme } from '../theme.ts';
import { layOutGraph } from './force-layout.ts';
import { degreesOf, type Graph } from './graph.ts';
import { LABEL_FONT, placeLabels, shortName } from './graph-labels.ts';
import { edgeMarks, nodeMarks } from './graph-marks.ts';

export interface GraphLook {
  readonly title: string;
  readonly notes: readonly string[];
  readonly widthInPx: number;
  readonly heightInPx: number;
  readonly directed: boolean;
  readonly highlight: ReadonlySet<string>;
}

const MARGIN = 46;
const WARNING_KINDS: Readonly<Record<string, 'alert' | 'warn'>> = {
  incident: 'alert',
  malware: 'alert',
  alert: 'warn',
};

/** Nodes and links, laid out by forces; labels where there is room, more of them when the reader zooms in. */
export function graphPicture(graph: Graph, look: GraphLook, measure: Measure): Picture {
  const { widthInPx: width, heightInPx: height } = look;
  const degrees = degreesOf(graph);
  const { x, y } = fitToPlot(
    layOutGraph({
      count: graph.nodes.length,
      from: Int32Array.from(graph.edges, ({ from }) => from),
      to: Int32Array.from(graph.edges, ({ to }) => to),
    }),
    width,
    height,
  );
  const kinds = [...new Set(graph.nodes.map(({ kind }) => kind))];
  const kindOf = new Map(kinds.map((kind, index) => [kind, index]));
  const most = degrees.reduce((a, b) => Math.max(a, b), 1);
  const scale = graph.nodes.length > 400 ? 0.6 : 1;
  const areas = Array.from(degrees, (degree) => Math.round((50 + 430 * (degree / most)) * scale));
  const labels = graph.nodes.map(({ label }) => fitLabel(measure, LABEL_FONT, safeText(shortName(label), 80), 150));
  // Alerts and incidents are what the others hang on.
  const ranks = graph.nodes.map(({ kind }, node) => degrees[node]! + (WARNING_KINDS[kind] ? 1000 : 0));
  const { shown, sides } = placeLabels({ x, y, areas, labels, ranks, width, height, measure });
  const heaviest = graph.edges.reduce((a, { weight }) => Math.max(a, weight), 1);
  const data: Record<string, DrawingData> = {
    edges: drawingData(
      ['a', 'b', 'ax', 'ay', 'bx', 'by', 'w', 'n', 'label', 'from', 'to'],
      graph.edges.map(({ from, to, weight, label }) => ({
        a: from,
        b: to,
        ax: x[from]!,
        ay: y[from]!,
        bx: x[to]!,
        by: y[to]!,
        w: Math.round((1 + (3 * Math.log(Math.max(1, weight))) / Math.log(Math.max(2, heaviest))) * 100) / 100,
        n: weight,
        label: safeText(label, 60),
        from: safeText(graph.nodes[from]!.label, 200),
        to: safeText(graph.nodes[to]!.label, 200),
      })),
    ),
    nodes: drawingData(
      ['id', 'x', 'y', 'g', 's', 'd', 'r', 'h', 'l', 'side', 'label', 'short', 'name', 'detail'],
      graph.nodes.map((node, index) => ({
        id: index,
        x: x[index]!,
        y: y[index]!,
        g: kindOf.get(node.kind)!,
        s: areas[index]!,
        d: degrees[index]!,
        r: ranks[index]!,
        h: look.highlight.has(node.label.toLowerCase()) ? 1 : 0,
        l: shown[index]!,
        side: sides[index]!,
        label: labels[index]!,
        short: safeText(shortName(node.label), 80),
        name: safeText(node.label, 300),
        detail: safeText(node.detail, 600),
      })),
    ),
  };
  const colourOf = (theme: Theme, kind: string) => {
    const warning = WARNING_KINDS[kind];
    const plain = kinds.filter((each) => WARNING_KINDS[each] === undefined);
    return warning
      ? theme[warning]
      : categoryColour({ ...theme, categories: withoutWarnings(theme) }, plain.indexOf(kind));
  };
  const entries: LegendEntry[] = [
    ...kinds
      .slice(0, 16)
      .map((kind) => ({ label: safeText(kind, 40), colour: (theme: Theme) => colourOf(theme, kind) })),
    ...(data['nodes']!['h']!.includes(1) ? [{ label: 'Highlighted', colour: (theme: Theme) => theme.alert }] : []),
  ];
  return {
    title: look.title,
    notes: look.notes,
    isEmpty: graph.nodes.length === 0,
    data,
    zoom: 'xy',
    extent: { x: [0, width], y: [0, height] },
    minSpan: width / 24,
    legend: entries,
    sizing: { kind: 'window' },
    placedLabels: 'nodes',
    categories: kinds.map((kind) => safeText(kind, 40)),
    tips: {
      node: [
        { label: 'Kind', field: 'g', as: 'category' },
        { label: 'Name', field: 'name', as: 'text' },
        { label: 'Links', field: 'd', as: 'number' },
        { label: 'More', field: 'detail', as: 'text' },
      ],
      edge: [
        { label: 'From', field: 'from', as: 'text' },
        { label: 'To', field: 'to', as: 'text' },
        { label: 'Link', field: 'label', as: 'text' },
        { label: 'Weight', field: 'n', as: 'number' },
      ],
    },
    plot: (theme: Theme, form: Form): Plot => ({
      margin: { left: 0, right: 0, top: 6, bottom: 4 },
      widthInPx: width,
      heightInPx: height,
      signals: [
        { name: 'xDomain', value: [0, width] },
        { name: 'yDomain', value: [0, height] },
        { name: 'grow', update: 'sqrt(width/(xDomain[1]-xDomain[0]))' },
        {
          name: 'over',
          value: null,
          ...(form === 'html'
            ? {
                on: [
                  { events: '@node:pointerover', update: 'datum' },
                  { events: '@node:pointerout', update: 'null' },
                ],
              }
            : {}),
        },
      ],
      scales: [
        {
          name: 'x',
          type: 'linear',
          domain: { signal: 'xDomain' },
          range: [0, { signal: 'width' }],
          zero: false,
          nice: false,
        },
        {
          name: 'y',
          type: 'linear',
          domain: { signal: 'yDomain' },
          range: [0, { signal: 'height' }],
          zero: false,
          nice: false,
        },
        {
          name: 'kind',
          type: 'ordinal',
          domain: kinds.map((_, index) => index),
          range: kinds.map((kind) => colourOf(theme, kind)),
        },
      ],
      marks: [
        {
          type: 'group',
          clip: true,
          encode: {
            enter: constant({ fill: theme.faint, cornerRadius: 6 }),
            update: { width: { signal: 'width' }, height: { signal: 'height' } },
          },
          marks: [
            ...edgeMarks(theme, look.directed, graph.edges.length > 1200 ? 0.25 : 0.55),
            ...nodeMarks(theme, form),
          ],
        },
      ],
    }),
  };
}

/** The colours of categories, without the one that is like a warning. */
const withoutWarnings = (theme: Theme) => theme.categories.filter((_, index) => index !== 1);

function fitToPlot(layout: { x: Float64Array; y: Float64Array }, width: number, height: number) {
  const range = (values: Float64Array) =>
    [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 0)] as const;
  const [left, right] = range(layout.x);
  const [top, bottom] = range(layout.y);
  const wide = right - left < bottom - top === width < height;
  const [x, y] = wide ? [layout.x, layout.y] : [layout.y, layout.x];
  const place = (values: Float64Array, [from, to]: readonly [number, number], size: number) => {
    const factor = (size - 2 * MARGIN) / Math.max(to - from, 60);
    const offset = (size - (to - from) * factor) / 2;
    return Array.from(values, (value) => Math.round((offset + (value - from) * factor) * 10) / 10);
  };
  return {
    x: place(x, wide ? [left, right] : [top, bottom], width),
    y: place(y, wide ? [top, bottom] : [left, right], height),
  };
}

import { describe, expect, it } from 'vitest';
import { sourceOf, type Table } from '../../../lib/tables/index.ts';
import { verbs } from '../../../lib/verbs/registry.ts';
import { drawsGoldenPixels, expectGoldenPage, expectGoldenPicture } from './golden.ts';
import { alerts, events, logons, processes, series, signIns } from './sample-tables.ts';

/** A small picture of each kind: name, verb, table, options. */
const PICTURES: readonly (readonly [name: string, verb: string, table: Table, options: Record<string, unknown>])[] = [
  ['timeline-marks', 'draw.timeline', events(300), { groupBy: 'Activity', referenceTimes: ['2026-11-20T00:00:00Z'] }],
  ['timeline-bins', 'draw.timeline', events(6000), { groupBy: 'Activity', theme: 'dark' }],
  [
    'timeline-values',
    'draw.timeline-values',
    events(300),
    { groupBy: 'Activity', kind: ['bars', 'points'], referenceValues: [50_000] },
  ],
  ['timeline-duration', 'draw.timeline-duration', events(80), { groupBy: ['Activity', 'Computer'], maxGroups: 8 }],
  ['process-tree', 'draw.process-tree', processes(), { processIdFormat: 'decimal', width: 1000 }],
  ['matrix', 'draw.matrix', logons(600), { log: true, maxRows: 12, maxColumns: 12 }],
  ['matrix-cells', 'draw.matrix', logons(600), { maxRows: 70, maxColumns: 70, cellSize: 7, theme: 'dark' }],
  ['time-series', 'draw.time-series', series(), {}],
  ['map', 'draw.map', signIns(), { colourBy: 'AppDisplayName', routes: 'impossible', highlight: ['198.51.100.66'] }],
  ['graph', 'draw.graph', alerts(), { height: 320 }],
  [
    'what-if',
    'draw.what-if',
    events(300),
    { x: 'Activity', thresholdColumn: 'Bytes', thresholds: [0, 30_000, 60_000], columns: 3 },
  ],
  ['browse-table', 'browse.table', events(40), {}],
  ['browse-alerts', 'browse.alerts', alerts(), {}],
  ['browse-findings', 'browse.findings', alerts(), {}],
];

async function run(verb: string, table: Table, options: Record<string, unknown>) {
  const found = verbs.get(verb)!;
  const parameters = found.parameters.parse({ width: 640, scale: 1, formats: ['png', 'html'], ...options });
  const output = await found.run([sourceOf(table, 'sample')], parameters, {
    signal: new AbortController().signal,
    nowInMs: 0,
    step: 'step',
  });
  const content = (kind: string) => output.artifacts!.find((artifact) => artifact.kind === kind)!;
  expect(output.artifacts!.map(({ name }) => name)).toEqual(['step', 'step']);
  return { png: content('png').content as Uint8Array, html: content('html').content as string };
}

describe.each(PICTURES)('%s', (name, verb, table, options) => {
  it('is drawn as it was, twice the same', async () => {
    const first = await run(verb, table, options);
    const second = await run(verb, table, options);
    expect(Buffer.from(first.png).equals(Buffer.from(second.png))).toBe(true);
    expect(first.html === second.html).toBe(true);
    await expectGoldenPage(name, first.html);
    if (drawsGoldenPixels) await expectGoldenPicture(name, first.png);
  });
});

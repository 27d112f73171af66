import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../../lib/tables/index.ts';
import { fitChart } from '../../../lib/visuals/client/fit.ts';
import { chartPayload } from '../../../lib/visuals/draw-picture.ts';
import {
  graphOf,
  graphOptions,
  mapOf,
  mapOptions,
  matrixOptions,
  matrixPictureOf,
  timelineOf,
  timelineOptions,
} from '../../../lib/visuals/index.ts';
import type { Measure } from '../../../lib/visuals/text-fit.ts';
import { alerts, events, logons, signIns } from './sample-tables.ts';

const measure: Measure = (font, text) => [...text].length * 0.55 * Number.parseFloat(/[\d.]+(?=px)/.exec(font)![0]);
const windows = fc.record({
  width: fc.integer({ min: 330, max: 2520 }),
  windowHeight: fc.integer({ min: 400, max: 1600 }),
});

const payloads = {
  matrix: await chartPayload(await matrixPictureOf(sourceOf(logons(900)), matrixOptions.parse({}))),
  'matrix of cells': await chartPayload(
    await matrixPictureOf(sourceOf(logons(4000)), matrixOptions.parse({ maxRows: 200, maxColumns: 200 })),
  ),
  map: await chartPayload(await mapOf([sourceOf(signIns())], mapOptions.parse({ colourBy: 'AppDisplayName' }))),
  graph: await chartPayload(await graphOf(sourceOf(alerts()), graphOptions.parse({}))),
  timeline: await chartPayload(
    await timelineOf([sourceOf(events(300))], timelineOptions.parse({ groupBy: 'Activity' })),
  ),
};

describe.each(Object.entries(payloads))('the page of a %s', (_, payload) => {
  it('fits any window from 360 to 2,560 px', () => {
    fc.assert(
      fc.property(windows, (room) => {
        const { left, right, width, height } = fitChart(payload, room, measure);
        expect(left + width + right).toBeLessThanOrEqual(room.width + 1);
        expect(width).toBeGreaterThan(100);
        expect(height).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('fitting', () => {
  it('keeps the shape of the map, within the height of the window', () => {
    const { plot } = payloads.map;
    for (const room of [
      { width: 360, windowHeight: 800 },
      { width: 2500, windowHeight: 900 },
    ]) {
      const { width, height } = fitChart(payloads.map, room, measure);
      expect(height / width).toBeCloseTo(plot.height / plot.width, 2);
      expect(height).toBeLessThan(room.windowHeight);
    }
  });

  it('cuts labels to the room, and gives wide windows larger cells', () => {
    const narrow = fitChart(payloads.timeline, { width: 340, windowHeight: 800 }, measure);
    const wide = fitChart(payloads.timeline, { width: 1500, windowHeight: 800 }, measure);
    const labels = (fit: typeof narrow) => [...fit.labels.values()][0]!;
    expect(labels(wide)).toEqual(payloads.timeline.data['rows']!['full']);
    expect(labels(narrow).join()).toContain('…');
    const small = fitChart(payloads.matrix, { width: 400, windowHeight: 800 }, measure);
    const large = fitChart(payloads.matrix, { width: 1600, windowHeight: 1200 }, measure);
    expect(large.width).toBeGreaterThan(small.width * 2);
    expect(large.slanted).toBe(true);
    expect(small.slanted).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { sourceOf, tableFromRows, ticksFromMs } from '../../../lib/tables/index.ts';
import { timelineOf, timelineOptions } from '../../../lib/visuals/index.ts';
import { DAY_START, events } from './sample-tables.ts';

const draw = (rows: number, options: Record<string, unknown> = {}) =>
  timelineOf([sourceOf(events(rows), 'events')], timelineOptions.parse({ groupBy: 'Activity', ...options }));

const sum = (values: readonly (string | number)[] | undefined) =>
  (values as readonly number[]).reduce((a, b) => a + b, 0);

describe('draw.timeline', () => {
  it('draws few events one by one, with the columns that tell most', async () => {
    const picture = await draw(500);
    expect(picture.data['singles']!['t']).toHaveLength(500);
    expect(picture.data['cells']!['t']).toHaveLength(0);
    expect(picture.details!.columns).toContain('CommandLine');
    expect(picture.notes[0]).toContain('500 events in 5 groups');
  });

  it('counts many in bins and samples none away', async () => {
    const picture = await draw(20_000);
    const binned = sum(picture.data['cells']!['n']);
    expect(binned + picture.data['singles']!['t']!.length).toBe(20_000);
    expect(sum(picture.data['all']!['n'])).toBe(20_000);
    expect(picture.data['spikes']!['g']!.map((group) => picture.categories![group as number])).toContain(
      'Logon failed',
    );
    for (const level of picture.levels!()) expect(sum(level.cells['n'])).toBe(binned);
  });

  it('sums groups beyond the maximum in a last row', async () => {
    const picture = await draw(2000, { groupBy: ['Activity', 'Computer'], maxGroups: 4 });
    expect(picture.categories).toHaveLength(4);
    expect(picture.categories![3]).toMatch(/^\d+ other groups$/);
    const totals = picture.data['rows']!['total']!.map((text) => Number(String(text).replaceAll(',', '')));
    expect(sum(totals)).toBe(2000);
  });

  it('marks references, and says which lie far outside', async () => {
    const inside = new Date(DAY_START + 86_400_000).toISOString();
    const picture = await draw(100, { referenceTimes: [{ time: inside, label: 'Alert' }, '1999-01-01T00:00:00Z'] });
    expect(picture.data['references']!['label']).toEqual(['Alert']);
    expect(picture.notes.join(' ')).toContain('1 reference far outside');
  });

  it('draws several tables, one of them as an overlay, and takes references from another', async () => {
    const alerts = tableFromRows(
      [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'AlertName', type: 'string' },
      ],
      [[ticksFromMs(DAY_START + 1000), 'Beacon']],
    );
    const picture = await timelineOf(
      [sourceOf(events(50), 'first'), sourceOf(events(30), 'second'), sourceOf(alerts, 'alerts')],
      timelineOptions.parse({ overlay: 'second', references: 'alerts' }),
    );
    expect([...picture.categories!].sort()).toEqual(['first', 'second']);
    expect(picture.data['ticks']!['t']).toHaveLength(30);
    expect(picture.data['references']!['label']).toEqual(['Beacon']);
    expect(picture.details!.cells[0]).toHaveLength(80);
  });

  it('keeps events without a time out and counts them', async () => {
    const table = tableFromRows(
      [{ name: 'Timestamp', type: 'datetime' }],
      [[ticksFromMs(DAY_START)], [null], [ticksFromMs(DAY_START + 5)]],
    );
    const picture = await timelineOf([sourceOf(table)], timelineOptions.parse({}));
    expect(picture.data['singles']!['t']).toHaveLength(2);
    expect(picture.notes.join(' ')).toContain('1 event without a time');
  });

  it('draws an empty table', async () => {
    const picture = await timelineOf(
      [sourceOf(tableFromRows([{ name: 'TimeGenerated', type: 'datetime' }], []))],
      timelineOptions.parse({}),
    );
    expect(picture.notes[0]).toBe('No events.');
  });

  it('names what is wrong', async () => {
    const numbers = tableFromRows([{ name: 'n', type: 'long' }], [[1n]]);
    await expect(timelineOf([sourceOf(numbers)], timelineOptions.parse({}))).rejects.toThrow(/no datetime column/);
    await expect(draw(5, { groupBy: 'Nope' })).rejects.toThrow(/groupBy: there is no column "Nope"/);
    await expect(draw(5, { timeColumn: 'Bytes' })).rejects.toThrow(/is a long, not a datetime/);
    await expect(draw(5, { bin: 'soon' })).rejects.toThrow(/bin: "soon" is not a duration/);
    await expect(draw(5, { overlay: 'x' })).rejects.toThrow(/overlay/);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf, tableFromRows } from '../../../lib/tables/index.ts';
import { layOutGraph } from '../../../lib/visuals/graph/force-layout.ts';
import { graphOf, graphOptions } from '../../../lib/visuals/index.ts';
import { alerts } from './sample-tables.ts';

describe('layOutGraph', () => {
  it('gives every node a place of its own, the same each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 60 }),
        (count, pairs) => {
          const edges = pairs.filter(([a, b]) => a < count && b < count && a !== b);
          const input = { count, from: Int32Array.from(edges, ([a]) => a), to: Int32Array.from(edges, ([, b]) => b) };
          const { x, y } = layOutGraph(input);
          expect(x.every(Number.isFinite) && y.every(Number.isFinite)).toBe(true);
          expect(new Set(Array.from(x, (at, node) => `${at} ${y[node]}`)).size).toBe(count);
          expect(layOutGraph(input)).toEqual({ x, y });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('puts linked nodes nearer than others', () => {
    const ring = Array.from({ length: 30 }, (_, node) => [node, (node + 1) % 30] as const);
    const { x, y } = layOutGraph({
      count: 30,
      from: Int32Array.from(ring, ([a]) => a),
      to: Int32Array.from(ring, ([, b]) => b),
    });
    const distance = (a: number, b: number) => Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!);
    expect(distance(0, 1)).toBeLessThan(distance(0, 15));
  });
});

describe('draw.graph', () => {
  it('counts parallel links and keeps equal names of different kinds apart', async () => {
    const table = tableFromRows(
      ['Source', 'Target'].map((name) => ({ name, type: 'string' })),
      [
        ['a', 'b'],
        ['a', 'b'],
        ['b', 'a'],
        [null, 'c'],
      ],
    );
    const picture = await graphOf(sourceOf(table), graphOptions.parse({}));
    expect(picture.notes[0]).toContain('4 nodes, 2 links');
    const same = await graphOf(sourceOf(table), graphOptions.parse({ sourceKind: 'host', targetKind: 'host' }));
    expect(same.notes[0]).toContain('2 nodes');
    expect(same.data['edges']!['n']).toEqual([2, 1]);
  });

  it('draws alerts, their entities and what those name', async () => {
    const picture = await graphOf(sourceOf(alerts()), graphOptions.parse({}));
    expect(picture.categories).toEqual(expect.arrayContaining(['alert', 'host', 'account', 'ip']));
    expect(picture.data['nodes']!['name']).toHaveLength(6);
    const links = picture.data['edges']!['from']!.map(
      (from, edge) => `${from} → ${picture.data['edges']!['to']![edge]}`,
    );
    expect(links).toContain('jdoe@contoso.com → ws-17.contoso.com');
  });

  it('draws the best linked where there are too many', async () => {
    const table = tableFromRows(
      ['Source', 'Target'].map((name) => ({ name, type: 'string' })),
      Array.from({ length: 50 }, (_, row) => ['hub', `n${row}`]),
    );
    const picture = await graphOf(sourceOf(table), graphOptions.parse({ maxNodes: 10 }));
    expect(picture.data['nodes']!['name']).toHaveLength(10);
    expect(picture.notes.join(' ')).toContain('41 are not');
  });
});

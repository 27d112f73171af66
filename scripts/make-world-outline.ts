/**
 * Makes `content/maps/world.json` from Natural Earth's countries (public domain) in the form of the npm package
 * world-atlas 2.0.2 (`countries-110m.json`): `node scripts/make-world-outline.ts <countries-110m.json>`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';

interface Topology {
  readonly transform: { readonly scale: readonly [number, number]; readonly translate: readonly [number, number] };
  readonly arcs: readonly (readonly (readonly [number, number])[])[];
  readonly objects: { readonly countries: { readonly geometries: readonly Geometry[] } };
}
type Geometry =
  | { readonly type: 'Polygon'; readonly arcs: readonly (readonly number[])[] }
  | { readonly type: 'MultiPolygon'; readonly arcs: readonly (readonly (readonly number[])[])[] };

const [path = ''] = process.argv.slice(2);
const topology = JSON.parse(readFileSync(path, 'utf8')) as Topology;
const { scale, translate } = topology.transform;

/** Points of an arc in hundredths of a degree. */
const arcs = topology.arcs.map((arc) => {
  let x = 0;
  let y = 0;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [Math.round((x * scale[0] + translate[0]) * 100), Math.round((y * scale[1] + translate[1]) * 100)] as const;
  });
});

/** A ring as longitude, latitude, then differences. */
function ring(indexes: readonly number[]): number[] {
  const points = indexes.flatMap((index, part) => {
    const arc = index < 0 ? [...arcs[~index]!].reverse() : arcs[index]!;
    return part === 0 ? arc : arc.slice(1);
  });
  const distinct = points.filter(
    (point, at) => at === 0 || point[0] !== points[at - 1]![0] || point[1] !== points[at - 1]![1],
  );
  return distinct.flatMap(([x, y], at) => (at === 0 ? [x, y] : [x - distinct[at - 1]![0], y - distinct[at - 1]![1]]));
}

const rings = topology.objects.countries.geometries.flatMap((geometry) =>
  geometry.type === 'Polygon' ? geometry.arcs.map(ring) : geometry.arcs.flatMap((polygon) => polygon.map(ring)),
);
const source = 'Natural Earth 1:110m countries (public domain), by way of world-atlas 2.0.2 (ISC)';
writeFileSync(
  join(packageRoot(), 'content', 'maps', 'world.json'),
  `${JSON.stringify({ source, unitsPerDegree: 100, rings })}\n`,
);

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

const FULL = 36_000;
const HALF = FULL / 2;
type Points = readonly (readonly [number, number])[];

/** The ring without jumps over the antimeridian: longitudes go on beyond 180°. A ring around a pole is closed over it. */
function unwrap(points: Points): Points {
  let shift = 0;
  const open = points.map(([x, y], at) => {
    const before = at === 0 ? x : points[at - 1]![0];
    if (x - before > HALF) shift -= FULL;
    else if (before - x > HALF) shift += FULL;
    return [x + shift, y] as const;
  });
  const [first, last] = [open[0]!, open.at(-1)!];
  if (Math.abs(last[0] - first[0]) < HALF) return open;
  return [...open, [last[0], -9000], [first[0], -9000]];
}

/** The part of a ring on one side of a meridian (Sutherland and Hodgman). */
function clip(points: Points, meridian: number, side: 1 | -1): Points {
  const inside = ([x]: readonly [number, number]) => (x - meridian) * side >= 0;
  return points.flatMap((point, at) => {
    const before = points[(at + points.length - 1) % points.length]!;
    if (inside(point) === inside(before)) return inside(point) ? [point] : [];
    const share = (meridian - before[0]) / (point[0] - before[0]);
    const cut = [meridian, Math.round(before[1] + share * (point[1] - before[1]))] as const;
    return inside(point) ? [cut, point] : [cut];
  });
}

/** Rings within -180° and 180°, each as longitude, latitude, then differences. */
function ring(indexes: readonly number[]): number[][] {
  const points = indexes.flatMap((index, part) => {
    const arc = index < 0 ? [...arcs[~index]!].reverse() : arcs[index]!;
    return part === 0 ? arc : arc.slice(1);
  });
  const whole = unwrap(points);
  return [-FULL, 0, FULL].flatMap((shift) => {
    const moved = whole.map(([x, y]) => [x + shift, y] as const);
    const parts = clip(clip(moved, -HALF, 1), HALF, -1);
    const distinct = parts.filter(
      (point, at) => at === 0 || point[0] !== parts[at - 1]![0] || point[1] !== parts[at - 1]![1],
    );
    if (distinct.length < 4) return [];
    return [
      distinct.flatMap(([x, y], at) => (at === 0 ? [x, y] : [x - distinct[at - 1]![0], y - distinct[at - 1]![1]])),
    ];
  });
}

const rings = topology.objects.countries.geometries.flatMap((geometry) =>
  geometry.type === 'Polygon' ? geometry.arcs.flatMap(ring) : geometry.arcs.flatMap((polygon) => polygon.flatMap(ring)),
);
const source = 'Natural Earth 1:110m countries (public domain), by way of world-atlas 2.0.2 (ISC)';
writeFileSync(
  join(packageRoot(), 'content', 'maps', 'world.json'),
  `${JSON.stringify({ source, unitsPerDegree: 100, rings })}\n`,
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../paths.ts';
import { pathOf } from './projection.ts';

interface Outline {
  readonly unitsPerDegree: number;
  /** Longitude, latitude, then differences. */
  readonly rings: readonly (readonly number[])[];
}

export interface World {
  readonly land: string;
  readonly sphere: string;
  readonly graticule: string;
}

let world: World | undefined;

/** The outline of the world as SVG paths in map units. */
export function worldOutline(): World {
  if (world) return world;
  const outline = JSON.parse(readFileSync(join(packageRoot(), 'content', 'maps', 'world.json'), 'utf8')) as Outline;
  const land = outline.rings
    .map((ring) => {
      const points: [number, number][] = [];
      let x = 0;
      let y = 0;
      for (let index = 0; index < ring.length; index += 2) {
        x += ring[index]!;
        y += ring[index + 1]!;
        points.push([x / outline.unitsPerDegree, y / outline.unitsPerDegree]);
      }
      return pathOf(points, true);
    })
    .join('');
  const steps = (from: number, to: number, by: number) =>
    Array.from({ length: Math.round((to - from) / by) + 1 }, (_, index) => from + index * by);
  const meridian = (longitude: number, latitudes: readonly number[]) =>
    latitudes.map((latitude) => [longitude, latitude] as const);
  const upwards = steps(-90, 90, 3);
  const sphere = pathOf([...meridian(180, upwards), ...meridian(-180, [...upwards].reverse())], true);
  const graticule = [
    ...steps(-150, 150, 30).map((longitude) => pathOf(meridian(longitude, upwards), false)),
    ...steps(-60, 60, 30).map((latitude) =>
      pathOf(
        [
          [-180, latitude],
          [0, latitude],
          [180, latitude],
        ],
        false,
      ),
    ),
  ].join('');
  world = { land, sphere, graticule };
  return world;
}

import type { Place } from './places.ts';

interface Cluster {
  readonly first: Place;
  events: number;
  weight: number;
  places: number;
  /** Sums of positions by events. */
  x: number;
  y: number;
}

/** More cells than a map has across, and more kinds than colours and shapes make. */
const COLUMNS = 65_536;
const KINDS = 4096;

/** Joins places of a category and shape that are nearer than a distance to a larger one. Highlighted ones join only their like. */
export function clusterPlaces(places: readonly Place[], distance: number): Place[] {
  const cells = new Map<number, Cluster[]>();
  const clusters: Cluster[] = [];
  const keyAt = (column: number, row: number, { category, icon, isHighlighted }: Place) =>
    ((column + 1) * COLUMNS + row + 1) * KINDS + (category * 16 + icon) * 2 + (isHighlighted ? 1 : 0);
  for (const place of places) {
    const [column, row] = [Math.floor(place.x / distance), Math.floor(place.y / distance)];
    let home: Cluster | undefined;
    for (let near = 0; near < 9 && !home; near++) {
      home = cells
        .get(keyAt(column + Math.floor(near / 3) - 1, row + (near % 3) - 1, place))
        ?.find(({ first }) => Math.hypot(first.x - place.x, first.y - place.y) <= distance);
    }
    const { events, weight } = place;
    if (home) {
      home.x += place.x * events;
      home.y += place.y * events;
      home.events += events;
      home.weight += weight;
      home.places += place.places;
      continue;
    }
    const cluster = { first: place, events, weight, places: place.places, x: place.x * events, y: place.y * events };
    clusters.push(cluster);
    const key = keyAt(column, row, place);
    const cell = cells.get(key);
    if (cell) cell.push(cluster);
    else cells.set(key, [cluster]);
  }
  return clusters.map(({ first, events, weight, places: count, x, y }) => ({
    ...first,
    events,
    weight,
    places: count,
    x: x / events,
    y: y / events,
  }));
}

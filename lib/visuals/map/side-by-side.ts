import type { Place } from './places.ts';

const MOST_AT_ONE_SITE = 12;
/** Marks overlap when they are nearer than this share of their radii together. */
const OVERLAP = 0.6;

/** Places that would cover each other, by position. */
interface Site {
  readonly members: number[];
}

const ROWS = 65_536;

export interface Offset {
  readonly dx: number;
  readonly dy: number;
}

/**
 * Where marks of different kinds would cover each other, sets them around their site, so that each is seen. Gives px
 * by place; nothing for those that stand alone.
 */
export function sideBySide(
  places: readonly Place[],
  areaOf: (weight: number) => number,
  pxPerUnit: number,
): readonly (Offset | undefined)[] {
  const radii = places.map(({ weight }) => Math.sqrt(areaOf(weight) / Math.PI));
  const cellInPx = 2 * radii.reduce((most, radius) => Math.max(most, radius), 1);
  const sites = new Map<number, Site[]>();
  const keyAt = (column: number, row: number) => (column + 1) * ROWS + row + 1;
  const cellOf = (value: number) => Math.floor((value * pxPerUnit) / cellInPx);
  places.forEach((place, index) => {
    const [column, row] = [cellOf(place.x), cellOf(place.y)];
    for (let near = 0; near < 9; near++) {
      const site = sites.get(keyAt(column + (near % 3) - 1, row + Math.floor(near / 3) - 1))?.find(({ members }) => {
        const first = members[0]!;
        const { x, y } = places[first]!;
        return (
          members.length < MOST_AT_ONE_SITE &&
          Math.hypot(x - place.x, y - place.y) * pxPerUnit < OVERLAP * (radii[first]! + radii[index]!)
        );
      });
      if (site) {
        site.members.push(index);
        return;
      }
    }
    const key = keyAt(column, row);
    const cell = sites.get(key);
    if (cell) cell.push({ members: [index] });
    else sites.set(key, [{ members: [index] }]);
  });
  const offsets = new Array<Offset | undefined>(places.length);
  for (const { members } of [...sites.values()].flat()) {
    if (members.length < 2) continue;
    const first = places[members[0]!]!;
    const largest = members.reduce((most, index) => Math.max(most, radii[index]!), 0);
    const ring = (0.85 * largest) / Math.sin(Math.PI / members.length);
    members.forEach((index, at) => {
      const angle = (at / members.length) * 2 * Math.PI + Math.PI;
      offsets[index] = {
        dx: Math.round(((first.x - places[index]!.x) * pxPerUnit + ring * Math.cos(angle)) * 10) / 10,
        dy: Math.round(((first.y - places[index]!.y) * pxPerUnit + ring * Math.sin(angle)) * 10) / 10,
      };
    });
  }
  return offsets;
}

import type { Place } from './places.ts';

const MOST_AT_ONE_SITE = 12;
/** Marks overlap when they are nearer than this share of their radii together. */
const OVERLAP = 0.6;

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
  const radius = (place: Place) => Math.sqrt(areaOf(place.weight) / Math.PI);
  const cellInPx = 2 * places.reduce((most, place) => Math.max(most, radius(place)), 1);
  const sites = new Map<string, { readonly first: Place; readonly members: number[] }[]>();
  const cellOf = (value: number) => Math.floor((value * pxPerUnit) / cellInPx);
  places.forEach((place, index) => {
    const [column, row] = [cellOf(place.x), cellOf(place.y)];
    for (let near = 0; near < 9; near++) {
      const site = sites
        .get(`${column + (near % 3) - 1} ${row + Math.floor(near / 3) - 1}`)
        ?.find(
          ({ first, members }) =>
            members.length < MOST_AT_ONE_SITE &&
            Math.hypot(first.x - place.x, first.y - place.y) * pxPerUnit < OVERLAP * (radius(first) + radius(place)),
        );
      if (site) {
        site.members.push(index);
        return;
      }
    }
    const key = `${column} ${row}`;
    sites.set(key, [...(sites.get(key) ?? []), { first: place, members: [index] }]);
  });
  const offsets = new Array<Offset | undefined>(places.length);
  for (const { first, members } of [...sites.values()].flat()) {
    if (members.length < 2) continue;
    const largest = members.reduce((most, index) => Math.max(most, radius(places[index]!)), 0);
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

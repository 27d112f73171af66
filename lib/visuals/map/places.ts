import { project } from './projection.ts';

/** Rows at a position on the earth; NaN where it is not known. */
export interface Located {
  readonly longitudes: Float64Array;
  readonly latitudes: Float64Array;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly category: number;
  /** Category of its shape. */
  readonly icon: number;
  readonly isHighlighted: boolean;
  readonly events: number;
  readonly weight: number;
  /** First of its rows. */
  readonly row: number;
  /** Number of places that are drawn as this one. */
  readonly places: number;
}

/** Whether a row has coordinates on the earth. (0, 0) is what geolocation gives for "unknown". */
export function isPlaced({ longitudes, latitudes }: Located, row: number): boolean {
  const [longitude, latitude] = [longitudes[row]!, latitudes[row]!];
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && !(longitude === 0 && latitude === 0);
}

/** One place for rows at the same coordinates (to a hundredth of a degree), category, shape and highlight; the heaviest first. */
export function placesOf(
  located: Located,
  { categories, icons }: { readonly categories: Int32Array; readonly icons?: Int32Array },
  highlighted: Uint8Array,
  weights: Float64Array | undefined,
): { places: Place[]; placeOfRow: Int32Array } {
  const places = new Map<
    string,
    {
      x: number;
      y: number;
      category: number;
      icon: number;
      isHighlighted: boolean;
      events: number;
      weight: number;
      row: number;
      places: number;
    }
  >();
  /** By row: the first row of its place. */
  const firstRow = new Int32Array(categories.length).fill(-1);
  for (let row = 0; row < categories.length; row++) {
    if (!isPlaced(located, row)) continue;
    const longitude = Math.round(located.longitudes[row]! * 100) / 100;
    const latitude = Math.round(located.latitudes[row]! * 100) / 100;
    const icon = icons?.[row] ?? 0;
    const key = `${longitude} ${latitude} ${categories[row]} ${icon} ${highlighted[row]}`;
    const weight = weights ? Math.max(0, weights[row]! || 0) : 1;
    const place = places.get(key);
    firstRow[row] = place?.row ?? row;
    if (place) {
      place.events++;
      place.weight += weight;
    } else {
      const [x, y] = project(longitude, latitude);
      places.set(key, {
        x,
        y,
        category: categories[row]!,
        icon,
        isHighlighted: highlighted[row] === 1,
        events: 1,
        weight,
        row,
        places: 1,
      });
    }
  }
  const sorted = [...places.values()].sort((a, b) => b.weight - a.weight || a.row - b.row);
  const indexOf = new Map(sorted.map((place, index) => [place.row, index]));
  return { places: sorted, placeOfRow: firstRow.map((row) => indexOf.get(row) ?? -1) };
}

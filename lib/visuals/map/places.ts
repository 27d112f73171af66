import { distanceInKm, project } from './projection.ts';

/** Rows at a position on the earth; NaN where it is not known. */
export interface Located {
  readonly longitudes: Float64Array;
  readonly latitudes: Float64Array;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly category: number;
  readonly isHighlighted: boolean;
  readonly events: number;
  readonly weight: number;
  /** First of its rows, for the details. */
  readonly row: number;
  /** Number of places that are drawn as this one. */
  readonly places: number;
}

/** Whether a row has coordinates on the earth. (0, 0) is what geolocation gives for "unknown". */
export function isPlaced({ longitudes, latitudes }: Located, row: number): boolean {
  const [longitude, latitude] = [longitudes[row]!, latitudes[row]!];
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && !(longitude === 0 && latitude === 0);
}

/** One place for rows at the same coordinates (to a hundredth of a degree), category and highlight. */
export function placesOf(
  located: Located,
  categories: Int32Array,
  highlighted: Uint8Array,
  weights: Float64Array | undefined,
): Place[] {
  const places = new Map<
    string,
    {
      x: number;
      y: number;
      category: number;
      isHighlighted: boolean;
      events: number;
      weight: number;
      row: number;
      places: number;
    }
  >();
  for (let row = 0; row < categories.length; row++) {
    if (!isPlaced(located, row)) continue;
    const longitude = Math.round(located.longitudes[row]! * 100) / 100;
    const latitude = Math.round(located.latitudes[row]! * 100) / 100;
    const key = `${longitude} ${latitude} ${categories[row]} ${highlighted[row]}`;
    const weight = weights ? Math.max(0, weights[row]! || 0) : 1;
    const place = places.get(key);
    if (place) {
      place.events++;
      place.weight += weight;
    } else {
      const [x, y] = project(longitude, latitude);
      places.set(key, {
        x,
        y,
        category: categories[row]!,
        isHighlighted: highlighted[row] === 1,
        events: 1,
        weight,
        row,
        places: 1,
      });
    }
  }
  return [...places.values()].sort((a, b) => b.weight - a.weight || a.row - b.row);
}

/** Joins places of a category that are nearer than a distance to a larger one. Highlighted ones join only their like. */
export function clusterPlaces(places: readonly Place[], distance: number): Place[] {
  const cells = new Map<string, { sum: number; x: number; y: number; place: Place }[]>();
  const clusters: { sum: number; x: number; y: number; place: Place }[] = [];
  const keyAt = (x: number, y: number, place: Place) =>
    `${Math.floor(x / distance)} ${Math.floor(y / distance)} ${place.category} ${place.isHighlighted}`;
  for (const place of places) {
    let home: { sum: number; x: number; y: number; place: Place } | undefined;
    for (let dx = -1; dx <= 1 && !home; dx++) {
      for (let dy = -1; dy <= 1 && !home; dy++) {
        home = cells
          .get(keyAt(place.x + dx * distance, place.y + dy * distance, place))
          ?.find((cluster) => Math.hypot(cluster.place.x - place.x, cluster.place.y - place.y) <= distance);
      }
    }
    if (home) {
      const { place: first } = home;
      home.x += place.x * place.events;
      home.y += place.y * place.events;
      home.sum += place.events;
      home.place = {
        ...first,
        events: first.events + place.events,
        weight: first.weight + place.weight,
        places: first.places + place.places,
      };
    } else {
      const cluster = { sum: place.events, x: place.x * place.events, y: place.y * place.events, place };
      clusters.push(cluster);
      const key = keyAt(place.x, place.y, place);
      cells.set(key, [...(cells.get(key) ?? []), cluster]);
    }
  }
  return clusters.map(({ place, x, y, sum }) => ({ ...place, x: x / sum, y: y / sum }));
}

/** Two events of one traveller, one after the other, in two places. */
export interface Journey {
  readonly from: number;
  readonly to: number;
  readonly distanceInKm: number;
  readonly hours: number;
  readonly speedInKmh: number;
  readonly isImpossible: boolean;
}

/** Journeys below this are the blur of geolocation. */
const SHORTEST_KM = 100;
const SHORTEST_HOURS = 1 / 60;

/** Journeys of each traveller (code), between events that follow each other in time. */
export function journeysOf(
  located: Located,
  travellers: Int32Array,
  times: Float64Array,
  maxSpeedInKmh: number,
): Journey[] {
  const rows = Array.from({ length: travellers.length }, (_, row) => row).filter(
    (row) => travellers[row]! >= 0 && isPlaced(located, row) && !Number.isNaN(times[row]!),
  );
  rows.sort((a, b) => travellers[a]! - travellers[b]! || times[a]! - times[b]! || a - b);
  const journeys: Journey[] = [];
  for (let index = 1; index < rows.length; index++) {
    const [from, to] = [rows[index - 1]!, rows[index]!];
    if (travellers[from] !== travellers[to]) continue;
    const at = (row: number): [number, number] => [located.longitudes[row]!, located.latitudes[row]!];
    const distance = distanceInKm(at(from), at(to));
    if (distance < SHORTEST_KM) continue;
    const hours = (times[to]! - times[from]!) / 3_600_000;
    const speed = distance / Math.max(hours, SHORTEST_HOURS);
    journeys.push({ from, to, distanceInKm: distance, hours, speedInKmh: speed, isImpossible: speed > maxSpeedInKmh });
  }
  return journeys.sort((a, b) => b.speedInKmh - a.speedInKmh || a.from - b.from);
}

import { isPlaced, type Located } from './places.ts';
import { distanceInKm } from './projection.ts';

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

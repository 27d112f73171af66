/**
 * The Natural Earth projection (Šavrič et al. 2011), by its polynomial. Gives units of a map that is `MAP_WIDTH` wide,
 * from its upper left corner.
 */
export const MAP_WIDTH = 1000;
const HALF_WIDTH = Math.PI * 0.8707;
const UNIT = MAP_WIDTH / 2 / HALF_WIDTH;
const HALF_HEIGHT = raw(0, Math.PI / 2)[1];
export const MAP_HEIGHT = 2 * HALF_HEIGHT * UNIT;

function raw(lambda: number, phi: number): [number, number] {
  const phi2 = phi * phi;
  const phi4 = phi2 * phi2;
  return [
    lambda * (0.8707 - 0.131979 * phi2 + phi4 * (-0.013791 + phi4 * (0.003971 * phi2 - 0.001529 * phi4))),
    phi * (1.007226 + phi2 * (0.015085 + phi4 * (-0.044475 + 0.028874 * phi2 - 0.005916 * phi4))),
  ];
}

const RADIANS = Math.PI / 180;

/** Place on the map of a point in degrees. */
export function project(longitude: number, latitude: number): [number, number] {
  const [x, y] = raw(longitude * RADIANS, latitude * RADIANS);
  return [(x + HALF_WIDTH) * UNIT, (HALF_HEIGHT - y) * UNIT];
}

const EARTH_RADIUS_KM = 6371.0088;

/** Great-circle distance, by the haversine formula. */
export function distanceInKm(a: readonly [number, number], b: readonly [number, number]): number {
  const dPhi = (b[1] - a[1]) * RADIANS;
  const dLambda = (b[0] - a[0]) * RADIANS;
  const h = Math.sin(dPhi / 2) ** 2 + Math.cos(a[1] * RADIANS) * Math.cos(b[1] * RADIANS) * Math.sin(dLambda / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Points along the great circle from a to b (longitude, latitude), ends included. */
export function greatCircle(
  a: readonly [number, number],
  b: readonly [number, number],
  pieces = 48,
): [number, number][] {
  const vector = ([longitude, latitude]: readonly [number, number]) => {
    const [lambda, phi] = [longitude * RADIANS, latitude * RADIANS];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)] as const;
  };
  const [p, q] = [vector(a), vector(b)];
  const angle = Math.acos(Math.max(-1, Math.min(1, p[0] * q[0] + p[1] * q[1] + p[2] * q[2])));
  if (angle < 1e-9 || Math.PI - angle < 1e-6)
    return [
      [a[0], a[1]],
      [b[0], b[1]],
    ];
  return Array.from({ length: pieces + 1 }, (_, index) => {
    const share = index / pieces;
    const [s, t] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
    const [x, y, z] = [s * p[0] + t * q[0], s * p[1] + t * q[1], s * p[2] + t * q[2]];
    return [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS];
  });
}

const round = (value: number) => Math.round(value * 10) / 10;

/** An SVG path through points in degrees; it is cut where it crosses the antimeridian. */
export function pathOf(points: readonly (readonly [number, number])[], closed: boolean): string {
  let path = '';
  points.forEach(([longitude, latitude], index) => {
    const crosses = index > 0 && Math.abs(longitude - points[index - 1]![0]) > 180;
    const [x, y] = project(longitude, latitude);
    path += `${index === 0 || (crosses && !closed) ? 'M' : 'L'}${round(x)},${round(y)}`;
  });
  return closed ? `${path}Z` : path;
}

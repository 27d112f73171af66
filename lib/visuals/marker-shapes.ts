/** Points of a polygon as a closed path. */
const polygon = (points: readonly (readonly [number, number])[]): string =>
  `M${points.map(([x, y]) => `${Math.round(x * 1000) / 1000},${Math.round(y * 1000) / 1000}`).join('L')}Z`;

/** Corners on a circle, the first at the top; of a star, every second lies further in. */
const corners = (count: number, radius: number, inner = radius) =>
  Array.from({ length: count }, (_, index): [number, number] => {
    const angle = (index / count) * 2 * Math.PI;
    const at = index % 2 === 0 ? radius : inner;
    return [Math.sin(angle) * at, -Math.cos(angle) * at];
  });

const PLUS: readonly (readonly [number, number])[] = [
  [-0.45, -1.34],
  [0.45, -1.34],
  [0.45, -0.45],
  [1.34, -0.45],
  [1.34, 0.45],
  [0.45, 0.45],
  [0.45, 1.34],
  [-0.45, 1.34],
  [-0.45, 0.45],
  [-1.34, 0.45],
  [-1.34, -0.45],
  [-0.45, -0.45],
];
const turned = (points: readonly (readonly [number, number])[], angle: number) =>
  points.map(([x, y]): [number, number] => [
    x * Math.cos(angle) - y * Math.sin(angle),
    x * Math.sin(angle) + y * Math.cos(angle),
  ]);

/**
 * Shapes of marks by name, in the order in which categories get them; all have the area of a square from −1 to 1, so
 * that sizes of different shapes compare.
 */
export const MARKER_SHAPES = {
  circle: 'circle',
  square: 'M-1,-1H1V1H-1Z',
  diamond: polygon(corners(4, Math.SQRT2)),
  triangle: polygon(corners(3, 1.755)),
  'triangle-down': polygon(turned(corners(3, 1.755), Math.PI)),
  plus: polygon(PLUS),
  cross: polygon(turned(PLUS, Math.PI / 4)),
  star: polygon(corners(10, 1.89, 0.72)),
  hexagon: polygon(corners(6, 1.241)),
} as const;
export type MarkerShape = keyof typeof MARKER_SHAPES;
export const SHAPE_NAMES = Object.keys(MARKER_SHAPES) as MarkerShape[];

import { formatShort } from '../format.ts';
import type { DrawingData } from '../spec.ts';
import type { Place } from './places.ts';
import { sideBySide } from './side-by-side.ts';

/** A count stands only in marks of at least this area, in px². */
const ROOM_FOR_COUNT = 110;
const HALF_COUNT_PX = 5;
/** What is looked for is not overlooked. */
const SMALLEST_HIGHLIGHT_AREA = 90;

export interface PlaceLook {
  readonly areaOf: (weight: number) => number;
  /** px of a unit of the map, at the zoom that the data is for. */
  readonly pxPerUnit: number;
  /** Rows of the details by first row. */
  readonly detailOf: ReadonlyMap<number, number>;
}

/** The marks of places in the order in which they are drawn: the heaviest first, what is highlighted above them. */
export function placeData(places: readonly Place[], { areaOf, pxPerUnit, detailOf }: PlaceLook): DrawingData {
  const drawn = [...places].sort(
    (a, b) => Number(a.isHighlighted) - Number(b.isHighlighted) || b.weight - a.weight || a.row - b.row,
  );
  const offsets = sideBySide(drawn, areaOf, pxPerUnit);
  const xs = drawn.map(({ x }, index) => x * pxPerUnit + (offsets[index]?.dx ?? 0));
  const ys = drawn.map(({ y }, index) => y * pxPerUnit + (offsets[index]?.dy ?? 0));
  const areas = drawn.map(({ weight, isHighlighted }) =>
    Math.max(isHighlighted ? SMALLEST_HIGHLIGHT_AREA : 0, areaOf(weight)),
  );
  const reach = areas.map((area) => Math.sqrt(area / Math.PI) + HALF_COUNT_PX);
  /** A count needs room in its mark, and no mark over it. */
  const showsCount = (index: number) => {
    if (drawn[index]!.places < 2 || areas[index]! < ROOM_FOR_COUNT) return false;
    for (let over = index + 1; over < drawn.length; over++) {
      if (Math.hypot(xs[over]! - xs[index]!, ys[over]! - ys[index]!) <= reach[over]!) return false;
    }
    return true;
  };
  const hundredths = (value: number) => Math.round(value * 100) / 100;
  return {
    x: drawn.map(({ x }) => hundredths(x)),
    y: drawn.map(({ y }) => hundredths(y)),
    dx: drawn.map((_, index) => offsets[index]?.dx ?? 0),
    dy: drawn.map((_, index) => offsets[index]?.dy ?? 0),
    g: drawn.map(({ category }) => category),
    m: drawn.map(({ icon }) => icon),
    h: drawn.map(({ isHighlighted }) => (isHighlighted ? 1 : 0)),
    n: drawn.map(({ events }) => events),
    w: drawn.map(({ weight }) => weight),
    s: areas.map(Math.round),
    k: drawn.map(({ places: joined }) => joined),
    i: drawn.map(({ row }) => detailOf.get(row) ?? -1),
    label: drawn.map(({ places: joined }, index) => (showsCount(index) ? formatShort(joined) : '')),
  };
}

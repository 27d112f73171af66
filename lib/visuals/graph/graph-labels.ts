import type { Measure } from '../text-fit.ts';
import { TEXT_FONT } from '../theme.ts';

export const LABEL_FONT = `11px ${TEXT_FONT}`;
/** A path's last part; all else as it is. */
export const shortName = (label: string) =>
  /^[a-z]:\\|^\\\\|^\//i.test(label) ? (label.split(/[\\/]/).filter(Boolean).at(-1) ?? label) : label;

/** Where a label stands: at the right of its node, at its left, below or above it. */
export const LABEL_SIDES = [1, -1, 2, -2] as const;
export type LabelSide = (typeof LABEL_SIDES)[number];

/** What is to be labelled, in px; all lists by node. */
export interface LabelPlan {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly areas: readonly number[];
  readonly labels: readonly string[];
  /** The highest are served first. */
  readonly ranks: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly measure: Measure;
  readonly font?: string;
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

const CELL_PX = 40;
const HALF_LINE_PX = 6;
const GAP_PX = 3;

/** Boxes that are taken, by the cells of a grid that they touch. */
class TakenBoxes {
  readonly #boxes = new Map<number, Box[]>();

  #cells([left, top, right, bottom]: Box): number[] {
    const keys: number[] = [];
    for (let column = Math.floor(left / CELL_PX); column <= Math.floor(right / CELL_PX); column++) {
      for (let row = Math.floor(top / CELL_PX); row <= Math.floor(bottom / CELL_PX); row++)
        keys.push(column * 100_003 + row);
    }
    return keys;
  }

  take(box: Box): void {
    for (const key of this.#cells(box)) {
      const boxes = this.#boxes.get(key);
      if (boxes) boxes.push(box);
      else this.#boxes.set(key, [box]);
    }
  }

  isFree(box: Box, own: Box): boolean {
    return this.#cells(box).every((key) =>
      (this.#boxes.get(key) ?? []).every(
        (other) =>
          other === own || box[0] >= other[2] || box[2] <= other[0] || box[1] >= other[3] || box[3] <= other[1],
      ),
    );
  }
}

/** By node: whether its label is shown, for it covers no other label or node and lies in the plot, and at which side. */
export function placeLabels(plan: LabelPlan): { shown: number[]; sides: LabelSide[] } {
  const { x, y, areas, labels, ranks, width, height, measure, font = LABEL_FONT } = plan;
  const taken = new TakenBoxes();
  const radii = areas.map((area) => Math.sqrt(area / Math.PI));
  const nodes = x.map((at, node): Box => {
    const radius = radii[node]!;
    return [at - radius, y[node]! - radius, at + radius, y[node]! + radius];
  });
  nodes.forEach((box) => {
    taken.take(box);
  });
  const isSeen = (node: number) => x[node]! >= 0 && x[node]! <= width && y[node]! >= 0 && y[node]! <= height;
  const shown = new Array<number>(x.length).fill(0);
  const sides = x.map((at, node): LabelSide => (at + measure(font, labels[node]!) + radii[node]! > width ? -1 : 1));
  const order = x.map((_, node) => node).sort((a, b) => ranks[b]! - ranks[a]! || a - b);
  for (const node of order) {
    if (!isSeen(node)) continue;
    const textWidth = measure(font, labels[node]!);
    const away = radii[node]! + GAP_PX;
    const boxAt = (side: LabelSide): Box => {
      const left = side === 1 ? x[node]! + away : side === -1 ? x[node]! - away - textWidth : x[node]! - textWidth / 2;
      const middle = Math.abs(side) === 1 ? y[node]! : y[node]! + Math.sign(side) * (radii[node]! + HALF_LINE_PX + 1);
      return [left, middle - HALF_LINE_PX, left + textWidth, middle + HALF_LINE_PX];
    };
    const side = LABEL_SIDES.find((each) => {
      const box = boxAt(each);
      return box[0] >= 0 && box[2] <= width && box[1] >= 0 && box[3] <= height && taken.isFree(box, nodes[node]!);
    });
    if (side === undefined) continue;
    taken.take(boxAt(side));
    shown[node] = 1;
    sides[node] = side;
  }
  return { shown, sides };
}

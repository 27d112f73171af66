import type { Measure } from '../drawing-kit.ts';
import { TEXT_FONT } from '../theme.ts';

export const LABEL_FONT = `11px ${TEXT_FONT}`;
/** A path's last part; all else as it is. */
export const shortName = (label: string) =>
  /^[a-z]:\\|^\\\\|^\//i.test(label) ? (label.split(/[\\/]/).filter(Boolean).at(-1) ?? label) : label;

/** 1 for labels that cover no other label or node, given to the best linked first. */
export function labelsWithRoom(
  x: readonly number[],
  y: readonly number[],
  areas: readonly number[],
  labels: readonly string[],
  sides: readonly number[],
  degrees: Int32Array,
  measure: Measure,
): number[] {
  const cell = 40;
  const taken = new Map<string, [number, number, number, number][]>();
  const cells = ([left, top, right, bottom]: readonly [number, number, number, number]) => {
    const keys: string[] = [];
    for (let i = Math.floor(left / cell); i <= Math.floor(right / cell); i++) {
      for (let j = Math.floor(top / cell); j <= Math.floor(bottom / cell); j++) keys.push(`${i} ${j}`);
    }
    return keys;
  };
  const take = (box: [number, number, number, number]) => {
    for (const key of cells(box)) taken.set(key, [...(taken.get(key) ?? []), box]);
  };
  const isFree = (box: [number, number, number, number], own: number) =>
    cells(box).every((key) =>
      (taken.get(key) ?? []).every(
        (other) =>
          other === boxes[own] || box[0] >= other[2] || box[2] <= other[0] || box[1] >= other[3] || box[3] <= other[1],
      ),
    );
  const boxes = x.map((at, node): [number, number, number, number] => {
    const radius = Math.sqrt(areas[node]! / Math.PI);
    return [at - radius, y[node]! - radius, at + radius, y[node]! + radius];
  });
  boxes.forEach(take);
  const shown = new Array<number>(x.length).fill(0);
  const order = x.map((_, node) => node).sort((a, b) => degrees[b]! - degrees[a]! || a - b);
  for (const node of order) {
    const radius = Math.sqrt(areas[node]! / Math.PI);
    const width = measure(LABEL_FONT, labels[node]!);
    const start = sides[node]! > 0 ? x[node]! + radius + 3 : x[node]! - radius - 3 - width;
    const box: [number, number, number, number] = [start, y[node]! - 6, start + width, y[node]! + 6];
    if (!isFree(box, node)) continue;
    take(box);
    shown[node] = 1;
  }
  return shown;
}

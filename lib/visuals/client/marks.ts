import type { View } from 'vega';

/** A mark that says something of itself, and where it is, in px from the plot's corner. */
export interface PlacedMark {
  readonly name: string;
  readonly datum: Readonly<Record<string, unknown>>;
  readonly x: number;
  readonly y: number;
}

interface SceneItem {
  readonly bounds: { readonly x1: number; readonly x2: number; readonly y1: number; readonly y2: number };
  readonly datum?: Record<string, unknown>;
  readonly opacity?: number;
  readonly x?: number;
  readonly y?: number;
  readonly items?: readonly SceneMark[];
}
interface SceneMark {
  readonly name?: string;
  readonly marktype: string;
  readonly interactive: boolean;
  readonly items: readonly SceneItem[];
}

/** The marks with these names that are seen in the plot, from left to right. */
export function marksInSight(view: View, names: ReadonlySet<string>, width: number, height: number): PlacedMark[] {
  const found: PlacedMark[] = [];
  const walk = (mark: SceneMark, left: number, top: number): void => {
    for (const item of mark.items) {
      if (mark.marktype === 'group') {
        for (const child of item.items ?? []) walk(child, left + (item.x ?? 0), top + (item.y ?? 0));
        continue;
      }
      if (mark.name === undefined || !names.has(mark.name) || !mark.interactive || item.opacity === 0) continue;
      const { x1, x2, y1, y2 } = item.bounds;
      const [x, y] = [left + (x1 + x2) / 2, top + (y1 + y2) / 2];
      if (x < -1 || x > width + 1 || y > height + 1 || !item.datum) continue;
      found.push({ name: mark.name, datum: item.datum, x, y });
    }
  };
  walk((view.scenegraph() as unknown as { root: SceneMark }).root, 0, 0);
  return found.sort((a, b) => a.x - b.x || a.y - b.y);
}

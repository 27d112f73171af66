import type { TreePayload } from '../process-tree/tree-payload.ts';

/** A line of the page: a row of the tree, or (negative, see `restOf`) the children of a row that are folded away. */
export type Line = number;
export const restLine = (parent: number): Line => -parent - 2;
export const isRest = (line: Line): boolean => line < 0;
/** The parent of a folded rest; -1 is the forest itself. */
export const restOf = (line: Line): number => -line - 2;

/** Which rows of a tree are seen: what is shut, and whose unflagged children are folded away. */
export class TreeModel {
  readonly parent: Int32Array;
  readonly flaggedPath: Uint8Array;
  readonly shut: Uint8Array;
  /** 1: children off the flagged paths are folded. Index 0 is the forest, row + 1 a row. */
  readonly restShut: Uint8Array;
  readonly payload: TreePayload;
  lines: Line[] = [];

  constructor(payload: TreePayload) {
    this.payload = payload;
    const count = payload.depth.length;
    this.parent = new Int32Array(count).fill(-1);
    const open: number[] = [];
    for (let row = 0; row < count; row++) {
      while (open.length > payload.depth[row]!) open.pop();
      if (open.length > 0) this.parent[row] = open.at(-1)!;
      open.push(row);
    }
    // Low flags are unfolded only where there are no others.
    const worth = payload.flags.some((flag) => flag >= 2) ? 2 : 1;
    this.flaggedPath = new Uint8Array(count);
    for (let row = count - 1; row >= 0; row--) {
      if (payload.flags[row]! >= worth) this.flaggedPath[row] = 1;
      if (this.flaggedPath[row] && this.parent[row]! >= 0) this.flaggedPath[this.parent[row]!] = 1;
    }
    this.shut = new Uint8Array(count);
    this.restShut = new Uint8Array(count + 1);
    this.foldToFlagged();
  }

  /** Flagged paths open, all else folded; without flags, the upper levels open. */
  foldToFlagged(): void {
    const { flags, depth, below } = this.payload;
    const any = flags.some((flag) => flag > 0);
    const many = depth.length > 200;
    this.restShut.fill(any ? 1 : 0);
    for (let row = 0; row < depth.length; row++) {
      this.shut[row] = below[row] === 0 ? 0 : any ? (this.flaggedPath[row] ? 0 : 1) : many && depth[row]! >= 2 ? 1 : 0;
      if (any && flags[row] === 3) this.restShut[row + 1] = 0;
    }
    this.update();
  }

  unfoldAll(): void {
    this.shut.fill(0);
    this.restShut.fill(0);
    this.update();
  }

  /** Opens what hides a row. */
  reveal(row: number): void {
    for (let up = row; up >= 0; up = this.parent[up]!) {
      const parent = this.parent[up]!;
      if (!this.flaggedPath[up]) this.restShut[parent + 1] = 0;
      if (parent >= 0) this.shut[parent] = 0;
    }
    this.update();
  }

  toggle(line: Line): void {
    if (isRest(line)) this.restShut[restOf(line) + 1] = 0;
    else if (this.payload.below[line]! > 0) {
      this.shut[line] = this.shut[line] ? 0 : 1;
      if (!this.shut[line] && !this.flaggedPath[line]) this.restShut[line + 1] = 0;
    }
    this.update();
  }

  /** Number of children, and of processes, that a rest stands for. */
  rest(parent: number): { children: number; processes: number; names: Map<string, number> } {
    const { below, names, texts } = this.payload;
    const found = { children: 0, processes: 0, names: new Map<string, number>() };
    const end = parent < 0 ? below.length : parent + 1 + below[parent]!;
    for (let row = parent + 1; row < end; row += 1 + below[row]!) {
      if (this.flaggedPath[row]) continue;
      found.children++;
      found.processes += 1 + below[row]!;
      const name = texts[names[row]!]!;
      found.names.set(name, (found.names.get(name) ?? 0) + 1);
    }
    return found;
  }

  update(): void {
    const { below } = this.payload;
    const lines: Line[] = [];
    // Open rows whose children follow, and whether some of them are folded into a rest.
    const open: { row: number; end: number; folded: boolean }[] = [{ row: -1, end: below.length, folded: false }];
    for (let row = 0; ; ) {
      while (open.length > 0 && row >= open.at(-1)!.end) {
        const done = open.pop()!;
        if (done.folded) lines.push(restLine(done.row));
      }
      const top = open.at(-1);
      if (!top) break;
      if (this.restShut[top.row + 1] && !this.flaggedPath[row]) {
        top.folded = true;
        row += 1 + below[row]!;
        continue;
      }
      lines.push(row);
      if (this.shut[row]) row += 1 + below[row]!;
      else {
        open.push({ row, end: row + 1 + below[row]!, folded: false });
        row++;
      }
    }
    this.lines = lines;
  }
}

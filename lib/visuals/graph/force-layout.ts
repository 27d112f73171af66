/** Edges as pairs of node numbers. */
export interface LayoutInput {
  readonly count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

const ANGLE = Math.PI * (3 - Math.sqrt(5));
const THETA2 = 0.81;
const REST_LENGTH = 30;
const REPULSION = 900;
const GRAVITY = 0.035;

/**
 * Places the nodes of a graph by forces: linked nodes attract, all repel (Barnes and Hut's approximation, n log n),
 * a light pull to the middle holds the parts together. The start is a spiral in breadth-first order and nothing is
 * random, so the same graph has the same picture; a node more changes it little.
 * @returns x and y by node, around the origin
 */
export function layOutGraph({ count, from, to }: LayoutInput): { x: Float64Array; y: Float64Array } {
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const degree = new Int32Array(count);
  for (let edge = 0; edge < from.length; edge++) {
    degree[from[edge]!]!++;
    degree[to[edge]!]!++;
  }
  breadthFirst(count, from, to, degree).forEach((node, index) => {
    const radius = 9 * Math.sqrt(index + 0.5);
    x[node] = radius * Math.cos(index * ANGLE);
    y[node] = radius * Math.sin(index * ANGLE);
  });
  if (count < 2) return { x, y };
  const forceX = new Float64Array(count);
  const forceY = new Float64Array(count);
  const mass = Float64Array.from(degree, (links) => 1 + Math.sqrt(links) * 0.6);
  const rounds = count > 1000 ? 160 : count > 300 ? 240 : 320;
  const tree = new QuadTree(count);
  for (let round = 0; round < rounds; round++) {
    const heat = 1 - round / rounds;
    const step = 1 + 14 * heat * heat;
    tree.build(x, y, mass);
    for (let node = 0; node < count; node++) {
      forceX[node] = -GRAVITY * x[node]! * mass[node]!;
      forceY[node] = -GRAVITY * y[node]! * mass[node]!;
      tree.repel(node, x, y, mass, forceX, forceY);
    }
    for (let edge = 0; edge < from.length; edge++) {
      const [a, b] = [from[edge]!, to[edge]!];
      const dx = x[b]! - x[a]!;
      const dy = y[b]! - y[a]!;
      const distance = Math.hypot(dx, dy) || 1e-6;
      const pull = (0.5 * (distance - REST_LENGTH)) / distance / Math.sqrt(Math.min(degree[a]!, degree[b]!) || 1);
      forceX[a]! += dx * pull;
      forceY[a]! += dy * pull;
      forceX[b]! -= dx * pull;
      forceY[b]! -= dy * pull;
    }
    for (let node = 0; node < count; node++) {
      const length = Math.hypot(forceX[node]!, forceY[node]!) || 1e-6;
      const move = Math.min(length, step) / length;
      x[node]! += forceX[node]! * move;
      y[node]! += forceY[node]! * move;
    }
  }
  return { x, y };
}

/** Nodes from the best linked on outwards, part by part. */
function breadthFirst(count: number, from: Int32Array, to: Int32Array, degree: Int32Array): number[] {
  const neighbours: number[][] = Array.from({ length: count }, () => []);
  for (let edge = 0; edge < from.length; edge++) {
    neighbours[from[edge]!]!.push(to[edge]!);
    neighbours[to[edge]!]!.push(from[edge]!);
  }
  const roots = Array.from({ length: count }, (_, node) => node).sort((a, b) => degree[b]! - degree[a]! || a - b);
  const seen = new Uint8Array(count);
  const order: number[] = [];
  for (const root of roots) {
    if (seen[root]) continue;
    seen[root] = 1;
    order.push(root);
    for (let next = order.length - 1; next < order.length; next++) {
      for (const node of neighbours[order[next]!]!) {
        if (seen[node]) continue;
        seen[node] = 1;
        order.push(node);
      }
    }
  }
  return order;
}

const DEEPEST = 40;

/** Sums of mass by quarter of the plane, in flat arrays. */
class QuadTree {
  #child: Int32Array;
  #mass: Float64Array;
  #sumX: Float64Array;
  #sumY: Float64Array;
  #body: Int32Array;
  #used = 0;
  #size = 0;
  readonly #stackCell: Int32Array;
  readonly #stackSize: Float64Array;

  constructor(count: number) {
    const room = Math.max(64, count * 8);
    this.#child = new Int32Array(room * 4);
    this.#mass = new Float64Array(room);
    this.#sumX = new Float64Array(room);
    this.#sumY = new Float64Array(room);
    this.#body = new Int32Array(room);
    this.#stackCell = new Int32Array(4 * DEEPEST + 64);
    this.#stackSize = new Float64Array(4 * DEEPEST + 64);
  }

  #cell(): number {
    if (this.#used === this.#mass.length) this.#grow();
    const cell = this.#used++;
    this.#child.fill(0, cell * 4, cell * 4 + 4);
    this.#mass[cell] = 0;
    this.#sumX[cell] = 0;
    this.#sumY[cell] = 0;
    this.#body[cell] = -1;
    return cell;
  }

  #grow(): void {
    const larger = <T extends Int32Array | Float64Array>(old: T): T => {
      const next = new (old.constructor as new (length: number) => T)(old.length * 2);
      next.set(old as never);
      return next;
    };
    this.#child = larger(this.#child);
    this.#mass = larger(this.#mass);
    this.#sumX = larger(this.#sumX);
    this.#sumY = larger(this.#sumY);
    this.#body = larger(this.#body);
  }

  build(x: Float64Array, y: Float64Array, mass: Float64Array): void {
    this.#used = 0;
    let reach = 1;
    for (let node = 0; node < x.length; node++) reach = Math.max(reach, Math.abs(x[node]!), Math.abs(y[node]!));
    this.#size = reach * 2.001;
    this.#cell();
    for (let node = 0; node < x.length; node++) this.#insert(node, x, y, mass);
  }

  #insert(node: number, x: Float64Array, y: Float64Array, mass: Float64Array): void {
    let cell = 0;
    let [middleX, middleY, half] = [0, 0, this.#size / 4];
    let moved = -1;
    for (let depth = 0; ; depth++) {
      this.#mass[cell]! += mass[node]!;
      this.#sumX[cell]! += x[node]! * mass[node]!;
      this.#sumY[cell]! += y[node]! * mass[node]!;
      const isLeaf =
        !this.#child[cell * 4] &&
        !this.#child[cell * 4 + 1] &&
        !this.#child[cell * 4 + 2] &&
        !this.#child[cell * 4 + 3];
      if (isLeaf && this.#body[cell] === -1 && this.#mass[cell] === mass[node]!) {
        this.#body[cell] = node;
        return;
      }
      if (depth === DEEPEST) return;
      moved = isLeaf ? this.#body[cell]! : -1;
      if (moved >= 0) {
        this.#body[cell] = -1;
        const quarter = (x[moved]! >= middleX ? 1 : 0) + (y[moved]! >= middleY ? 2 : 0);
        const child = this.#cell();
        this.#child[cell * 4 + quarter] = child;
        this.#body[child] = moved;
        this.#mass[child] = mass[moved]!;
        this.#sumX[child] = x[moved]! * mass[moved]!;
        this.#sumY[child] = y[moved]! * mass[moved]!;
      }
      const right = x[node]! >= middleX;
      const low = y[node]! >= middleY;
      const slot = cell * 4 + (right ? 1 : 0) + (low ? 2 : 0);
      if (!this.#child[slot]) {
        const child = this.#cell();
        this.#child[slot] = child;
      }
      cell = this.#child[slot]!;
      middleX += right ? half : -half;
      middleY += low ? half : -half;
      half /= 2;
    }
  }

  /** Adds the push of all other nodes on one. */
  repel(
    node: number,
    x: Float64Array,
    y: Float64Array,
    mass: Float64Array,
    forceX: Float64Array,
    forceY: Float64Array,
  ): void {
    const cells = this.#stackCell;
    const sizes = this.#stackSize;
    let top = 1;
    cells[0] = 0;
    sizes[0] = this.#size;
    while (top > 0) {
      const cell = cells[--top]!;
      const size = sizes[top]!;
      const total = this.#mass[cell]!;
      if (total === 0 || this.#body[cell] === node) continue;
      const dx = x[node]! - this.#sumX[cell]! / total;
      const dy = y[node]! - this.#sumY[cell]! / total;
      const distance2 = dx * dx + dy * dy + 0.01;
      if (this.#body[cell]! >= 0 || size * size < THETA2 * distance2) {
        const push = (REPULSION * total * mass[node]!) / distance2 / Math.max(1, Math.sqrt(distance2) / 60);
        const distance = Math.sqrt(distance2);
        forceX[node]! += (dx / distance) * Math.min(push, 60);
        forceY[node]! += (dy / distance) * Math.min(push, 60);
        continue;
      }
      for (let quarter = 0; quarter < 4; quarter++) {
        const child = this.#child[cell * 4 + quarter]!;
        if (!child) continue;
        cells[top] = child;
        sizes[top++] = size / 2;
      }
    }
  }
}

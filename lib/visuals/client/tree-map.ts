import { isRest, type TreeModel } from './tree-model.ts';

/** The strip at the tree's side: every visible line at once, and the part that is seen. */
export class TreeMap {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #model: TreeModel;
  readonly #isHit: Uint8Array;
  readonly #seen: () => { top: number; lines: number };
  #image: ImageData | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    model: TreeModel,
    isHit: Uint8Array,
    seen: () => { top: number; lines: number },
    jump: (line: number) => void,
  ) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { willReadFrequently: true })!;
    this.#model = model;
    this.#isHit = isHit;
    this.#seen = seen;
    const move = (event: PointerEvent) => {
      const box = canvas.getBoundingClientRect();
      jump(((event.clientY - box.top) / box.height) * model.lines.length);
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      move(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) move(event);
    });
  }

  draw(): void {
    const scale = devicePixelRatio || 1;
    const width = this.#canvas.clientWidth;
    const height = this.#canvas.clientHeight;
    if (width === 0 || height === 0) return;
    this.#canvas.width = width * scale;
    this.#canvas.height = height * scale;
    const context = this.#context;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const colours = [colour('--bar'), colour('--accent'), colour('--warn'), colour('--alert')];
    const { lines, payload } = this.#model;
    const step = height / Math.max(1, lines.length);
    lines.forEach((line, index) => {
      if (isRest(line)) return;
      const flag = payload.flags[line]!;
      context.fillStyle = this.#isHit[line] ? '#d4a500' : (colours[flag] ?? colours[0]!);
      const strong = flag > 0 || this.#isHit[line];
      context.fillRect(
        Math.min(width - 13, 3 + payload.depth[line]! * 4),
        index * step,
        strong ? 11 : 5,
        Math.max(strong ? 1.5 : 0.7, step),
      );
    });
    this.#image = context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    this.drawWindow();
  }

  drawWindow(): void {
    if (!this.#image) return;
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.putImageData(this.#image, 0, 0);
    const { top, lines } = this.#seen();
    const step = this.#canvas.height / Math.max(1, this.#model.lines.length);
    const height = Math.min(this.#canvas.height, Math.max(4, lines * step));
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
    context.fillStyle = 'rgb(80 140 210 / 0.16)';
    context.fillRect(0, top * step, this.#canvas.width, height);
    context.strokeRect(0.5, top * step + 0.5, this.#canvas.width - 1, height - 1);
  }
}

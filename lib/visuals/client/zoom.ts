import type { ChartPayload } from '../payload.ts';
import { isTyping } from './page.ts';

type Range = readonly [number, number];

/** What of the plot is seen, in the units of its axes. */
export interface Window2d {
  readonly x: Range;
  readonly y: Range;
}

function clampRange([low, high]: Range, [first, last]: Range): Range {
  const span = Math.min(high - low, last - first);
  const start = Math.max(first, Math.min(low, last - span));
  return [start, start + span];
}

function zoomRange([low, high]: Range, at: number, factor: number, whole: Range, minSpan: number): Range {
  const anchor = low + at * (high - low);
  const span = Math.max((high - low) * factor, minSpan);
  if (span >= whole[1] - whole[0]) return whole;
  return clampRange([anchor - at * span, anchor - at * span + span], whole);
}

/** Where the plot is in its element, in px. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Wheel, drag, brush, keys: all of them move one window. `y` counts downwards. */
export function attachZoom(
  element: HTMLElement,
  payload: ChartPayload,
  frame: () => Frame,
  current: () => Window2d,
  move: (next: Window2d) => void,
): void {
  const whole: Window2d = { x: payload.extent?.x ?? [0, 1], y: payload.extent?.y ?? [0, 1] };
  const both = payload.zoom === 'xy';
  const minSpan = payload.minSpan ?? (whole.x[1] - whole.x[0]) / 1000;
  const minSpanY = (minSpan / (whole.x[1] - whole.x[0])) * (whole.y[1] - whole.y[0]);
  const { overview } = payload;

  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    const { left, top, width, height } = frame();
    const x = (event.clientX - box.left + element.scrollLeft - left) / width;
    const y = event.clientY - box.top + element.scrollTop - top;
    const inX = x >= 0 && x <= 1;
    return {
      x: Math.max(0, Math.min(1, x)),
      y: Math.max(0, Math.min(1, y / height)),
      inPlot: inX && y >= 0 && y <= height,
      inOverview: inX && overview !== undefined && y >= overview.top && y <= overview.top + overview.height,
    };
  };
  const zoomAt = (x: number, y: number, factor: number) => {
    const window = current();
    move({
      x: zoomRange(window.x, x, factor, whole.x, minSpan),
      y: both ? zoomRange(window.y, y, factor, whole.y, minSpanY) : window.y,
    });
  };
  const panBy = (shareX: number, shareY: number) => {
    const { x, y } = current();
    const dx = shareX * (x[1] - x[0]);
    const dy = both ? shareY * (y[1] - y[0]) : 0;
    move({ x: clampRange([x[0] + dx, x[1] + dx], whole.x), y: clampRange([y[0] + dy, y[1] + dy], whole.y) });
  };
  const showShare = (from: number, to: number, of: Range) => {
    const [low, high] = from < to ? [from, to] : [to, from];
    const span = of[1] - of[0];
    move({
      x: clampRange([of[0] + low * span, Math.max(of[0] + high * span, of[0] + low * span + minSpan)], whole.x),
      y: current().y,
    });
  };

  element.addEventListener(
    'wheel',
    (event) => {
      const at = place(event);
      if (!at.inPlot) return;
      event.preventDefault();
      zoomAt(at.x, at.y, 1.0015 ** Math.max(-400, Math.min(400, event.deltaY * 16 ** event.deltaMode)));
    },
    { passive: false },
  );
  let drag: { kind: 'pan' | 'brush' | 'range'; x: number; y: number; window: Window2d; moved: boolean } | undefined;
  element.addEventListener('pointerdown', (event) => {
    const at = place(event);
    if (event.button !== 0 || !(at.inPlot || at.inOverview)) return;
    const kind = at.inOverview ? 'brush' : event.shiftKey && !both ? 'range' : 'pan';
    drag = { kind, x: at.x, y: at.y, window: current(), moved: false };
  });
  addEventListener('pointermove', (event) => {
    if (!drag) return;
    const at = place(event);
    const { width, height } = frame();
    if (Math.abs(at.x - drag.x) * width > 3 || Math.abs(at.y - drag.y) * height > 3) drag.moved = true;
    if (!drag.moved) return;
    event.preventDefault();
    if (drag.kind === 'brush') showShare(drag.x, at.x, whole.x);
    else if (drag.kind === 'pan') {
      const { x, y } = drag.window;
      const dx = (drag.x - at.x) * (x[1] - x[0]);
      const dy = both ? (drag.y - at.y) * (y[1] - y[0]) : 0;
      move({ x: clampRange([x[0] + dx, x[1] + dx], whole.x), y: clampRange([y[0] + dy, y[1] + dy], whole.y) });
    }
  });
  addEventListener('pointerup', (event) => {
    if (drag?.kind === 'range' && drag.moved) showShare(drag.x, place(event).x, drag.window.x);
    drag = undefined;
  });
  addEventListener('pointercancel', () => {
    drag = undefined;
  });
  element.addEventListener('dblclick', () => move(whole));
  element.addEventListener('keydown', (event) => {
    if (isTyping(event)) return;
    const acts: Record<string, () => void> = {
      '+': () => zoomAt(0.5, 0.5, 0.7),
      '=': () => zoomAt(0.5, 0.5, 0.7),
      '-': () => zoomAt(0.5, 0.5, 1 / 0.7),
      '0': () => move(whole),
      Home: () => move(whole),
      ArrowLeft: () => panBy(-0.15, 0),
      ArrowRight: () => panBy(0.15, 0),
      ArrowUp: () => panBy(0, -0.15),
      ArrowDown: () => panBy(0, 0.15),
    };
    const act = acts[event.key];
    if (!act || (!both && event.key.startsWith('Arrow') && !/Left|Right/.test(event.key))) return;
    event.preventDefault();
    act();
  });
}

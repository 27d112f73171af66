import { formatShort } from '../format.ts';
import type { ChartPayload } from '../payload.ts';
import { type Chart, mountChart } from './mount-chart.ts';
import {
  button,
  failed,
  formatCount,
  isTyping,
  main,
  make,
  readPayload,
  ready,
  type ThemeName,
  watchTheme,
} from './page.ts';

interface SliderPayload {
  readonly chart: ChartPayload;
  readonly frames: readonly { readonly label: string; readonly values: readonly number[]; readonly total: number }[];
  readonly parameterTitle: string;
  readonly valueTitle: string;
}

const STEP_IN_MS = 900;

async function start(): Promise<void> {
  const payload = await readPayload<SliderPayload>();
  const { frames } = payload;
  let chart: Chart | undefined;
  const theme = watchTheme((next: ThemeName) => void chart?.setTheme(next));
  const root = main();
  const range = make('input');
  range.type = 'range';
  range.min = '0';
  range.max = String(frames.length - 1);
  range.value = '0';
  range.setAttribute('aria-label', payload.parameterTitle);
  const label = make('output');
  const total = make('span', 'muted');
  // Who asked for less motion moves the slider alone.
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let playing: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = 'Play';
  };
  const play = button('Play', () => {
    if (playing) {
      stop();
      return;
    }
    play.textContent = 'Pause';
    playing = setInterval(() => go((Number(range.value) + 1) % frames.length), STEP_IN_MS);
  });
  root.append(
    make('div', 'slider', [
      make('strong', '', payload.parameterTitle),
      range,
      label,
      total,
      ...(isStill ? [] : [play]),
    ]),
  );
  chart = await mountChart(payload.chart, root, theme);

  function show(frame: number): void {
    const { label: name, values, total: sum } = frames[frame]!;
    label.textContent = name;
    total.textContent = `${payload.valueTitle}: ${formatCount(sum)}`;
    chart?.change('bars', { v: values, text: values.map(formatShort) });
  }
  function go(frame: number): void {
    range.value = String(Math.max(0, Math.min(frames.length - 1, frame)));
    show(Number(range.value));
  }
  range.addEventListener('input', () => {
    stop();
    show(Number(range.value));
  });
  addEventListener('keydown', (event) => {
    // The chart has taken the key, to pan.
    if (event.defaultPrevented || event.target === range || isTyping(event)) return;
    if (event.key === 'ArrowRight') go(Number(range.value) + 1);
    else if (event.key === 'ArrowLeft') go(Number(range.value) - 1);
    else if (event.key === ' ' && !isStill) play.click();
    else return;
    event.preventDefault();
  });
  show(0);
  Object.assign(globalThis, { trailhoundView: chart.view });
  ready();
}

start().catch(failed);

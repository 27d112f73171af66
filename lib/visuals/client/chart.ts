import type { ChartPayload } from '../payload.ts';
import { type Chart, mountChart } from './mount-chart.ts';
import { failed, main, readPayload, ready, watchTheme } from './page.ts';

async function start(): Promise<void> {
  const payload = await readPayload<ChartPayload>();
  let chart: Chart | undefined;
  const theme = watchTheme((next) => void chart?.setTheme(next));
  chart = await mountChart(payload, main(), theme);
  Object.assign(globalThis, { trailhoundView: chart.view });
  ready();
}

start().catch(failed);

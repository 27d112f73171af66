import type { ListPayload } from '../browse/grid-payload.ts';
import type { ChartPayload } from '../payload.ts';
import { type Chart, mountChart } from './mount-chart.ts';
import { type MountedList, mountList } from './mount-list.ts';
import { failed, main, make, readPayload, ready, watchTheme } from './page.ts';

interface AlertsPayload {
  readonly chart: ChartPayload;
  readonly list: ListPayload;
  /** The item of each mark. */
  readonly marks: readonly number[];
}

async function start(): Promise<void> {
  const payload = await readPayload<AlertsPayload>();
  let chart: Chart | undefined;
  let list: MountedList | undefined;
  const theme = watchTheme((next) => void chart?.setTheme(next));
  const root = main();
  const above = make('div');
  root.append(above);
  chart = await mountChart(payload.chart, above, theme, (mark) => list?.select(payload.marks[mark] ?? -1));
  list = mountList(payload.list, root);
  Object.assign(globalThis, { trailhoundView: chart.view });
  ready();
}

start().catch(failed);

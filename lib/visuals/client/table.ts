import type { GridPayload } from '../browse/grid-payload.ts';
import { mountTable } from './mount-table.ts';
import { failed, main, make, readPayload, ready, watchTheme } from './page.ts';
import { rowDetail } from './row-detail.ts';

async function start(): Promise<void> {
  const payload = await readPayload<GridPayload>();
  watchTheme(() => undefined);
  const root = main();
  const pane = make('div', 'pane');
  const grid = mountTable(payload, root, (row) => {
    pane.replaceChildren(make('h2', '', `Row ${row}`), ...rowDetail(payload, row));
  });
  root.append(pane);
  Object.assign(globalThis, { trailhoundGrid: grid });
  ready();
}

start().catch(failed);

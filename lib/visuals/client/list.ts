import type { ListPayload } from '../browse/grid-payload.ts';
import { mountList } from './mount-list.ts';
import { failed, main, readPayload, ready, watchTheme } from './page.ts';

async function start(): Promise<void> {
  const payload = await readPayload<ListPayload>();
  watchTheme(() => undefined);
  mountList(payload, main());
  ready();
}

start().catch(failed);

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processEvents } from '../support/process-events.ts';
import { finished, type Served, serve, until } from '../support/serve.ts';

let served: Served;
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'trailhound-data-'));
  // The clock is the machine's, so the events are of this hour.
  const hour = new Date().toISOString().slice(0, 13);
  const events = processEvents().replaceAll('2026-03-04 05', hour.replace('T', ' ')).replaceAll('2026-03-04T05', hour);
  await writeFile(join(data, 'sysmon.jsonl'), events);
  const hunt = { name: 'every-second', playbook: 'encoded-commands', schedule: '* * * * * *' };
  served = await serve({
    env: { TRAILHOUND__dataPaths: JSON.stringify([data]), TRAILHOUND__hunts: JSON.stringify([hunt]) },
  });
});
afterAll(async () => {
  await served.stop();
  await rm(data, { recursive: true });
});

it('a hunt runs on its schedule, each run over the time since the last', async () => {
  const hunts = await until(async () => {
    const response = await fetch(`${served.url}/api/investigations`);
    const { investigations } = (await response.json()) as { investigations: { id: string; trigger: string }[] };
    const ids = investigations
      .filter(({ id, trigger }) => trigger === 'hunt' && id.startsWith('every-second'))
      .map(({ id }) => id);
    return ids.length >= 3 ? ids.reverse() : undefined;
  });
  const documents = [];
  for (const id of hunts.slice(0, 3)) documents.push(await finished(served.url, id));
  const ranges = documents.map((document) => document['timeRange'] as { start: string; end: string });
  expect(ranges[1]!.start).toBe(ranges[0]!.end);
  expect(ranges[2]!.start).toBe(ranges[1]!.end);
  expect(documents[0]!.status).toBe('completed');
  expect(documents[0]!['report']).not.toBeNull();
}, 60_000);

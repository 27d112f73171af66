import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { packageRoot } from '../lib/paths.ts';
import { startEmbeddedHost } from '../local/embedded-host.ts';
import { type Bench, type Measure, measure, timed } from './bench.ts';
import { withCorpus } from './corpus.ts';

/** A whole investigation on the embedded host, from the request to the report. */
export const bench: Bench = {
  name: 'investigation',
  description: 'End to end: host-triage over one file, cold and again; beside it the worst pause of the event loop',
  run: ({ rows = 100_000, data }) =>
    withCorpus({ rows, data }, async (path, scratch) => {
      const floor = (await timed(() => readFile(path))).seconds;
      const lag = monitorEventLoopDelay({ resolution: 10 });
      const folder = join(scratch, 'state');
      const starting = await timed(() =>
        startEmbeddedHost({
          appFile: join(packageRoot(), 'dist/app.cjs'),
          folder,
          timers: false,
          settings: {
            TRAILHOUND_EXPORT_FOLDER: join(folder, 'export'),
            TRAILHOUND_CACHE_FOLDER: join(folder, 'cache'),
            TRAILHOUND__storage: JSON.stringify({ connectionString: 'env:AzureWebJobsStorage' }),
            TRAILHOUND__dataPaths: JSON.stringify([path]),
            TRAILHOUND_HUNTS: 'off',
          },
        }),
      );
      const host = starting.value;
      const measures: Measure[] = [measure('investigation/host start', 1, starting.seconds, 0)];
      try {
        for (const id of ['cold', 'warm']) {
          lag.reset();
          lag.enable();
          const { seconds } = await timed(() => investigate(host.url, id));
          lag.disable();
          const pauseInMs = Math.round(lag.max / 1e6);
          measures.push(measure(`investigation/${id} (longest pause ${pauseInMs} ms)`, rows, seconds, floor));
        }
      } finally {
        await host.stop();
      }
      return measures;
    }),
};

async function investigate(url: string, id: string): Promise<void> {
  const response = await fetch(`${url}/api/investigations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ playbook: 'host-triage', id }),
  });
  if (response.status !== 202) throw new Error(`the start was answered with ${response.status}`);
  for (;;) {
    const { status } = (await (await fetch(`${url}/api/investigations/${id}`)).json()) as { status: string };
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') throw new Error(`the investigation ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedHost, startEmbeddedHost } from '../local/embedded-host.ts';
import { FunctionsRuntime } from '../local/host/functions-runtime.ts';
import { type Bench, fastest, type Measure, measure, timed } from './bench.ts';

/** Orchestrations that do nothing but pass through the host. */
const APP = `
const { app } = require('@azure/functions');
const df = require('durable-functions');
df.app.activity('noop', { handler: (input) => input });
df.app.orchestration('sequence', function* (context) {
  for (let index = 0; index < context.df.getInput(); index++) yield context.df.callActivity('noop', index);
});
df.app.orchestration('fan', function* (context) {
  yield context.df.Task.all(Array.from({ length: context.df.getInput() }, (_, index) => context.df.callActivity('noop', index)));
});
df.app.orchestration('children', function* (context) {
  yield context.df.Task.all(Array.from({ length: context.df.getInput() }, () => context.df.callSubOrchestrator('sequence', 1)));
});
app.http('ping', { authLevel: 'anonymous', handler: () => ({ body: 'pong' }) });
`;

/** Where the app finds its packages from a folder of its own. */
const require = createRequire(import.meta.url);
const packages = (name: string) => JSON.stringify(require.resolve(name));

async function run(host: EmbeddedHost, name: string, input: number, instances = 1): Promise<number> {
  const { seconds } = await timed(async () => {
    const ids = Array.from({ length: instances }, () => host.durable.startNew(name, String(input)));
    await Promise.all(ids.map((id) => host.waitFor(id)));
  });
  return seconds;
}

/** The same number of bare calls of the activity, without anything durable about them. */
async function floor(appFile: string, calls: number): Promise<number> {
  const runtime = new FunctionsRuntime(() => {});
  await runtime.load(appFile, tmpdir(), () => undefined);
  const hosted = runtime.registry.find('noop', 'activityTrigger')!;
  return fastest(3, async () => {
    for (let index = 0; index < calls; index++) await runtime.invoke(hosted, { string: String(index) });
  });
}

export const bench: Bench = {
  name: 'host',
  description: 'The embedded host: its start, activities in a row and at once, children, queued instances, HTTP',
  run: async ({ rows = 1000 }) => {
    const folder = mkdtempSync(join(tmpdir(), 'trailhound-bench-'));
    const appFile = join(folder, 'app.cjs');
    const source = APP.replaceAll(/require\('([^']+)'\)/g, (_, name: string) => `require(${packages(name)})`);
    writeFileSync(appFile, source);
    const measures: Measure[] = [];
    const start = await timed(() => startEmbeddedHost({ appFile, folder: join(folder, 'state'), timers: false }));
    const host = start.value;
    measures.push(measure('host start', 1, start.seconds, 0));
    try {
      const floorSeconds = (await floor(appFile, rows)) / rows;
      const add = (name: string, count: number, seconds: number) =>
        measures.push(measure(name, count, seconds, count * floorSeconds));
      await run(host, 'fan', 100);
      add('activities one after the other', 100, await run(host, 'sequence', 100));
      add('activities at once', rows, await run(host, 'fan', rows));
      add('activities in 50 instances at once', rows, await run(host, 'fan', Math.ceil(rows / 50), 50));
      add('children at once', Math.ceil(rows / 5), await run(host, 'children', Math.ceil(rows / 5)));
      add('100 queued instances', 100, await run(host, 'sequence', 3, 100));
      add('1,000 queued instances', 1000, await run(host, 'sequence', 3, 1000));
      const { seconds } = await timed(async () => {
        for (let index = 0; index < 200; index++) await (await fetch(`${host.url}/api/ping`)).text();
      });
      measures.push(measure('HTTP requests one after the other', 200, seconds, 0));
    } finally {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    return measures;
  },
};

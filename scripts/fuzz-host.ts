/**
 * Runs random plans on the embedded host until it is stopped, or a result is wrong: `npm run fuzz [-- seed]`.
 * A wrong plan is printed with its seed, and is made again by the same seed.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';
import { startEmbeddedHost } from '../local/embedded-host.ts';
import { PlanMaker } from '../tests/local/support/plans.ts';

const PLANS_PER_SEED = 200;

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());

const folder = mkdtempSync(join(tmpdir(), 'trailhound-fuzz-'));
const host = await startEmbeddedHost({
  appFile: join(packageRoot(), 'tests', 'local', 'apps', 'fuzz.cjs'),
  folder,
  timers: false,
});
let seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
let plans = 0;
let isRight = true;
while (isRight && !stopping.signal.aborted) {
  const maker = new PlanMaker(seed);
  const runs = Array.from({ length: PLANS_PER_SEED }, async () => {
    const { plan, expected } = maker.next();
    const id = host.durable.startNew('plan', JSON.stringify(plan));
    await host.waitFor(id);
    const row = host.durable.store.getInstance(id);
    host.durable.purge(id);
    if (stopping.signal.aborted || (row?.status === 'Completed' && row.output === JSON.stringify(expected))) return;
    isRight = false;
    console.error(JSON.stringify({ seed, status: row?.status, output: row?.output, expected, plan }));
  });
  await Promise.race([Promise.all(runs), new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))]);
  plans += PLANS_PER_SEED;
  console.log(`seed ${seed}: ${plans} plans, ${host.counts.episodes} episodes, ${host.counts.activities} activities`);
  seed++;
}
await host.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = isRight ? 0 : 1;

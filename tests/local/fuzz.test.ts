import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { ActionScheduler } from '../../local/durable/action-scheduler.ts';
import { appFile, startTestHost, temporaryFolder } from './support/hosts.ts';
import { PlanMaker } from './support/plans.ts';

const PLANS = 1000;
const AT_ONCE = 250;
const SEED = 20_261_121;

interface Executor {
  execute(context: { df: { instanceId: string } }, ...rest: unknown[]): Promise<unknown>;
  readonly sequenceNumber: number;
}

/** The durable library's own replayer, which counts task numbers on its side. */
const { TaskOrchestrationExecutor } = createRequire(appFile('fuzz'))(
  'durable-functions/lib/src/orchestrations/TaskOrchestrationExecutor',
) as { TaskOrchestrationExecutor: { prototype: Executor } };

const originalExecute = TaskOrchestrationExecutor.prototype.execute;
const originalTake = ActionScheduler.prototype.takeScheduled;
afterEach(() => {
  TaskOrchestrationExecutor.prototype.execute = originalExecute;
  ActionScheduler.prototype.takeScheduled = originalTake;
});

it(`runs ${PLANS} random plans rightly, counting task numbers as the library does`, async () => {
  let libraryCount = 0;
  let isLibraryDone = false;
  let comparisons = 0;
  const apart: string[] = [];
  TaskOrchestrationExecutor.prototype.execute = async function (this: Executor, context, ...rest) {
    const state = await originalExecute.call(this, context, ...rest);
    libraryCount = this.sequenceNumber;
    isLibraryDone = (state as { isDone: boolean }).isDone;
    return state;
  };
  // The scheduler follows the library's run in the same turn of the event loop, so the last count is its own.
  ActionScheduler.prototype.takeScheduled = function (this: ActionScheduler) {
    const scheduled = originalTake.call(this);
    comparisons++;
    // The library stops counting when its orchestrator has returned, and runs ahead while the host waits for the rest
    // of a group that has failed.
    const isEven = this.isAtEnd || this.openTasks.size === 0;
    const isRight = isEven ? this.nextId === libraryCount : this.nextId <= libraryCount;
    if (!isLibraryDone && !isRight) apart.push(`${this.nextId} instead of ${libraryCount}`);
    return scheduled;
  };
  const host = await startTestHost('fuzz');
  const maker = new PlanMaker(SEED);
  const wrong: unknown[] = [];
  try {
    for (let done = 0; done < PLANS; done += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const { plan, expected } = maker.next();
          const { status, output } = await host.run('plan', plan);
          if (status !== 'Completed' || JSON.stringify(output) !== JSON.stringify(expected)) {
            wrong.push({ status, output, expected, plan });
          }
        }),
      );
    }
    await host.idle();
  } finally {
    await host.stop();
  }
  expect(wrong).toEqual([]);
  expect(apart).toEqual([]);
  expect(comparisons).toBeGreaterThan(PLANS);
}, 300_000);

it('goes on rightly with random plans when the host is stopped and started in the middle of them', async () => {
  const folder = temporaryFolder();
  const maker = new PlanMaker(SEED + 1);
  const plans = Array.from({ length: 120 }, () => maker.next());
  let host = await startTestHost('fuzz', { folder });
  const ids = plans.map(({ plan }) => host.start('plan', plan));
  for (let restart = 0; restart < 6; restart++) {
    await sleep(10 + 15 * restart);
    await host.stop();
    host = await startTestHost('fuzz', { folder });
  }
  await Promise.all(ids.map((id) => host.waitFor(id)));
  const results = ids.map((id) => host.view(id));
  await host.stop();
  expect(results).toEqual(plans.map(({ expected }) => ({ status: 'Completed', output: expected, customStatus: null })));
}, 120_000);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { ActionScheduler } from '../../../local/durable/action-scheduler.ts';
import { actionsOf, stateOfFailure } from '../../../local/durable/actions.ts';
import { EventType, type HistoryEvent } from '../../../local/durable/history.ts';
import { FunctionsRuntime } from '../../../local/host/functions-runtime.ts';
import type { RpcData } from '../../../local/host/rpc.ts';
import { itWithShared } from '../../support/shared.ts';
import { temporaryFolder } from '../support/hosts.ts';
import { bundleProbe, PROBE_APPS } from '../support/probes.ts';
import { RECORDINGS, type Recorded, readRecordings, stateOf } from '../support/recordings.ts';

const TRIGGERS = {
  orchestration: 'orchestrationTrigger',
  activity: 'activityTrigger',
  entity: 'entityTrigger',
  http: 'httpTrigger',
  timer: 'timerTrigger',
};

/** The members of a value in the protocol that are set; the recorder wrote the name of the union's member too. */
function plain(data: RpcData): RpcData {
  const { string, json, bytes, int, double, http } = data;
  if (http) {
    const body = http.body?.bytes as unknown as { data: number[] } | undefined;
    return { http: { ...http, body: body ? { bytes: Uint8Array.from(body.data) } : null } };
  }
  if (string !== undefined) return { string };
  if (json !== undefined) return { json };
  if (bytes !== undefined) return { bytes };
  return int === undefined ? (double === undefined ? {} : { double }) : { int };
}

const withoutTimes = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (key, each) => (key === 'duration' || key === 'startTime' ? 0 : each)) ?? 'null',
  );

/** Functions whose answer depends on files or counters that the recording's own process had. */
const HAS_MEMORY = new Set(['flaky', 'flk', 'async202', 'start', 'wait', 'cl']);

describe('the recordings of the real host', () => {
  itWithShared(RECORDINGS, 'the loaded app gives the same answer to each recorded invocation', async () => {
    const folder = temporaryFolder();
    process.env['SAMPLE_LOG'] = join(folder, 'sample.log');
    writeFileSync(process.env['SAMPLE_LOG'], '');
    const runtimes = new Map<string, FunctionsRuntime>();
    for (const { app, captures } of PROBE_APPS) {
      const runtime = new FunctionsRuntime(() => {});
      await runtime.load(await bundleProbe(app, folder), folder, () => undefined);
      for (const capture of captures) runtimes.set(capture, runtime);
    }
    const compared = { same: 0, skipped: 0 };
    const compare = async (recorded: Recorded): Promise<void> => {
      if (HAS_MEMORY.has(recorded.function)) {
        compared.skipped++;
        return;
      }
      const runtime = runtimes.get(recorded.capture)!;
      const hosted = runtime.registry.find(recorded.function, TRIGGERS[recorded.kind]);
      expect(hosted, `${recorded.kind} ${recorded.function}`).toBeDefined();
      const data = recorded.trigger ? { string: JSON.stringify(recorded.trigger) } : plain(recorded.inputData[0]!.data);
      const metadata = Object.fromEntries(
        Object.entries(recorded.triggerMetadata ?? {}).map(([name, value]) => [name, plain(value)]),
      );
      const answer = await runtime.invoke(hosted!, data, { triggerMetadata: metadata }).then(
        (result) => ({ returned: withoutTimes(result.raw), error: null }),
        (thrown: unknown) => ({ returned: null, error: thrown instanceof Error ? thrown.message : String(thrown) }),
      );
      expect(answer, `${recorded.capture} ${recorded.function} ${recorded.episode}`).toEqual({
        returned: withoutTimes(recorded.returned),
        error: recorded.error ?? null,
      });
      compared.same++;
    };
    await Promise.all(readRecordings().map(compare));
    expect(compared).toEqual({ same: 361, skipped: 16 });
  });

  itWithShared(RECORDINGS, 'the scheduler gives every task the number that the real host gave it', () => {
    const instances = new Map<string, Recorded[]>();
    for (const recorded of readRecordings()) {
      if (recorded.kind !== 'orchestration') continue;
      const key = `${recorded.capture}/${recorded.function}/${recorded.instanceId}`;
      instances.set(key, [...(instances.get(key) ?? []), recorded]);
    }
    let followed = 0;
    for (const [key, episodes] of instances) {
      for (const [index, recorded] of episodes.entries()) {
        const state = stateOf(recorded) ?? stateOfFailure(new Error(recorded.error ?? ''));
        const executionId = executionOf(recorded);
        const scheduler = new ActionScheduler({ instanceId: recorded.instanceId, executionId });
        scheduler.setActions(actionsOf(state), !stateOf(recorded));
        for (const event of recorded.trigger.history) scheduler.play(event);
        const scheduled = scheduler.takeScheduled().map(identity);
        const next = episodes[index + 1];
        if (!next || executionOf(next) !== executionId) continue;
        // A rewind leaves generic events behind.
        const added = next.trigger.history
          .slice(recorded.trigger.history.length)
          .filter((event) => event.EventType !== EventType.GenericEvent);
        const end = added.findIndex((event) => BOUNDARIES.has(event.EventType));
        expect(scheduled, `${key} episode ${recorded.episode}`).toEqual(added.slice(0, end).map(identity));
        followed++;
      }
    }
    expect(followed).toBe(188);
  });
});

const BOUNDARIES: ReadonlySet<number> = new Set([EventType.OrchestratorStarted, EventType.OrchestratorCompleted]);

const executionOf = (recorded: Recorded): string =>
  recorded.trigger.history.find((event) => event.EventType === EventType.ExecutionStarted)?.OrchestrationInstance
    ?.ExecutionId ?? '';

/** What tells one scheduled event from another; times of a timer to the hundredth of a second. */
const identity = (event: HistoryEvent) => ({
  type: event.EventType,
  id: event.EventId,
  name: event.Name ?? null,
  target: event.InstanceId ?? null,
  fireAt: event.FireAt ? Math.round(Date.parse(event.FireAt) / 10) : null,
});

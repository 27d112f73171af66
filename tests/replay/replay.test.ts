import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/paths.ts';
import { EventType } from '../../local/durable/history.ts';
import { callOrchestrator } from '../../local/durable/orchestrator-call.ts';
import { FunctionsRuntime } from '../../local/host/functions-runtime.ts';

const HISTORIES = join(packageRoot(), 'tests/golden/histories');

interface Recorded {
  readonly name: string;
  readonly instanceId: string;
  readonly payload: { readonly history: readonly { readonly EventType: number; readonly Name?: string }[] };
  readonly output: unknown;
}

/** Investigations that were begun by an earlier build must go on with this one: their histories replay to the same end. */
describe('recorded histories', () => {
  const runtime = new FunctionsRuntime(() => undefined);
  beforeAll(async () => {
    process.env['TRAILHOUND_HUNTS'] = 'off';
    await runtime.load(join(packageRoot(), 'dist/app.cjs'), packageRoot(), () => undefined);
  });

  for (const file of readdirSync(HISTORIES)) {
    it(`${file} replays without a difference`, async () => {
      const recorded = JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as Recorded;
      const payload = JSON.stringify(recorded.payload);
      const { state, hasFailed, violation } = await callOrchestrator(
        runtime,
        recorded.name,
        recorded.instanceId,
        payload,
        true,
      );
      expect(violation).toBeUndefined();
      expect(state.error).toBeUndefined();
      expect(hasFailed).toBe(false);
      expect(state.isDone).toBe(true);
      expect(state.output).toEqual(recorded.output);
      const scheduled = recorded.payload.history.filter(
        ({ EventType: type }) => type === EventType.TaskScheduled || type === EventType.SubOrchestrationInstanceCreated,
      );
      expect(JSON.stringify(state.actions).match(/"functionName"/g)?.length ?? 0).toBe(scheduled.length);
    });
  }

  it('would not replay with another step in it', async () => {
    const recorded = JSON.parse(readFileSync(join(HISTORIES, 'investigate.json'), 'utf8')) as Recorded;
    const changed = JSON.stringify(recorded.payload).replaceAll('needs', 'kneads');
    const { state, hasFailed } = await callOrchestrator(runtime, recorded.name, recorded.instanceId, changed, true);
    expect(hasFailed || state.output === undefined || !state.isDone).toBe(true);
  });
});

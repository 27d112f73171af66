import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect } from 'vitest';
import { EventType, type HistoryEvent } from '../../../local/durable/history.ts';
import { itWithShared } from '../../support/shared.ts';
import { startTestHost, temporaryFolder, until } from '../support/hosts.ts';
import { bundleProbe } from '../support/probes.ts';
import { RECORDINGS, type Recorded, readRecordings, type Trigger } from '../support/recordings.ts';

interface Captured {
  readonly name: string;
  readonly trigger: Trigger;
  readonly returned: unknown;
}

interface Invocation {
  readonly invocationContext: { functionName: string };
  readonly inputs: unknown[];
  readonly result: unknown;
}

const scope = globalThis as { captureInvocation?: (context: Invocation) => void };
afterEach(() => {
  delete scope.captureInvocation;
});

/**
 * What is different on purpose, and why:
 * - `maximumShortTimerDuration` is ten years: timers are not split into chains of three days.
 * - `sourceInstanceId` is null also for an instance that was started by "restart" (the recordings left out here).
 * - The .NET parts of an exception's details are left out: `$type` of the data, HResult, WatsonBuckets….
 * - Top-level fields of an activity's input that look like times are not rewritten in the .NET form in its metadata.
 * - 1e21 is written so and not as 1E+21, and a Date as an activity's input is text like any other (probe "subb").
 * - A generation after continue-as-new begins with one episode less, so its history has no OrchestratorCompleted
 *   before the first run, and its ExecutionStarted says so with `Generation: null` alike.
 */
const PURPOSE_BUILT = new Set(['maximumShortTimerDuration']);

/** Orchestrations of the probe that end by themselves, with their inputs. */
const RUNS: readonly (readonly [string, unknown?])[] = [
  ['inputs', { a: 1 }],
  ['outputs'],
  [
    'poison',
    {
      Timestamp: '2026-01-01T00:00:00.1234567Z',
      d: '2026-01-01T00:00:00.1234567Z',
      n: { Timestamp: '2026-01-02T00:00:00Z' },
    },
  ],
  ['subs'],
  ['subfail'],
  ['retryerr'],
  ['canbool', 0],
  ['candate', {}],
  ['canstr', 'x'],
  ['nested'],
  ['mixre'],
  ['mixre2'],
  ['allfail'],
  ['anyloser'],
  ['anynocancel'],
  ['lock'],
  ['ent'],
];

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|[pq]\d{13}\w*/g;
const TIME = /\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)?/g;

/** An event without ids and times; of a failure's details only that they are there; inputs of messages by their keys. */
function normal(event: HistoryEvent): unknown {
  const { Timestamp: _at, IsPlayed: _played, FireAt: _due, Details, ...rest } = event;
  const text = JSON.stringify({ ...rest, ...(Details === undefined ? {} : { Details: typeof Details }) });
  return JSON.parse(text.replaceAll(ID, 'ID').replaceAll(TIME, 'TIME'));
}

const isBoundary = (event: HistoryEvent): boolean =>
  event.EventType === EventType.OrchestratorStarted || event.EventType === EventType.OrchestratorCompleted;

/** The events of a history but for the bounds of its episodes, in an order that does not depend on timing. */
const contentOf = (trigger: Trigger): string[] =>
  trigger.history
    .filter((event) => !isBoundary(event))
    .map((event) => JSON.stringify(normal(event)))
    .sort();

describe('what an orchestrator is called with', () => {
  itWithShared(
    RECORDINGS,
    'has the fields, events, numbers and flags that the real host gives',
    async () => {
      const folder = temporaryFolder();
      process.env['SAMPLE_LOG'] = join(folder, 'sample.log');
      writeFileSync(process.env['SAMPLE_LOG'], '');
      const appFile = await bundleProbe('probes/probe-app.cjs', folder);
      const captured: Captured[] = [];
      scope.captureInvocation = ({ invocationContext, inputs, result }) => {
        const trigger = inputs[0] as Trigger | undefined;
        if (!trigger?.history) return;
        const name = invocationContext.functionName;
        captured.push(JSON.parse(JSON.stringify({ name, trigger, returned: result ?? null })) as Captured);
      };
      const host = await startTestHost('unused', { appFile, strict: false });
      const recorded = readRecordings().filter((each) => each.kind === 'orchestration');
      try {
        await Promise.all(
          RUNS.map(async ([name, input]) => {
            const id = host.start(name, input);
            await host.waitFor(id);
          }),
        );
        const paced = host.start('status0');
        await until(() => host.view(paced).status === 'Running');
        host.durable.suspend(paced, 'x');
        await until(() => host.view(paced).status === 'Suspended');
        host.durable.raiseEvent(paced, 'go', '1');
        await until(() => host.view(paced).customStatus !== null);
        host.durable.resume(paced, 'x');
        await until(() => host.view(paced).status === 'Running');
        host.durable.raiseEvent(paced, 'go2', '1');
        await host.waitFor(paced);
      } finally {
        await host.stop();
      }
      for (const name of [...RUNS.map(([each]) => each), 'status0']) {
        const theirs = newest(recorded, name);
        // The last run of an instance knows it whole.
        const ours = captured.findLast((each) => each.name === name)!;
        expect(Object.keys(ours.trigger).sort(), name).toEqual(Object.keys(theirs.trigger).sort());
        for (const [field, value] of Object.entries(theirs.trigger)) {
          if (field === 'history' || field === 'instanceId' || PURPOSE_BUILT.has(field)) continue;
          expect(withoutIds(ours.trigger[field]), `${name}: ${field}`).toEqual(withoutIds(value));
        }
        const [mine, real] = [contentOf(ours.trigger), contentOf(theirs.trigger)];
        expect(mine, name).toEqual(real);
        expect(withoutIds(ours.returned), name).toEqual(withoutIds(theirs.returned));
      }
      const shapes = shapesOf(recorded.map((each) => each.trigger));
      for (const [type, keys] of shapesOf(captured.map((each) => each.trigger))) {
        expect({ type, keys }).toEqual({ type, keys: shapes.get(type) });
      }
    },
    60_000,
  );
});

/** The last recorded run of a function, of the instance that came furthest. */
function newest(recorded: readonly Recorded[], name: string): Recorded {
  const ours = recorded.filter(
    (each) =>
      each.trigger['sourceInstanceId'] === null &&
      !each.trigger.history.some((event) => event.EventType === EventType.GenericEvent) &&
      each.function === name &&
      each.trigger['sourceInstanceId'] === null &&
      !each.trigger.history.some((event) => event.EventType === EventType.GenericEvent) &&
      each.capture !== 'cap5' &&
      each.capture !== 'capture',
  );
  return ours.reduce((best, each) => (each.episode >= best.episode ? each : best));
}

/** A value without ids, times and the details that an error's text ends with. */
function withoutIds(value: unknown): unknown {
  if (typeof value === 'string')
    return value
      .replaceAll(ID, 'ID')
      .replaceAll(TIME, 'TIME')
      .replace(/ \n \{.*/s, '');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutIds);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'ms' ? 0 : withoutIds(each)]));
}

/** Which keys events of a type have, in their order, and which types are ever marked as played. */
function shapesOf(triggers: readonly Trigger[]): Map<number, string> {
  const shapes = new Map<number, string>();
  for (const { history } of triggers) {
    for (const event of history) {
      const isBare = event.EventType === EventType.OrchestratorCompleted;
      const keys = `${Object.keys(event).join(' ')}`;
      const played = !isBare && (event['IsPlayed'] as boolean) ? ' +played' : '';
      shapes.set(
        event.EventType,
        [keys, (shapes.get(event.EventType) ?? '').includes(' +played') ? ' +played' : played].join(''),
      );
    }
  }
  return shapes;
}

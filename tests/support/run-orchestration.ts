import type { EntityContext, EntityId, OrchestrationContext, Task } from 'durable-functions';

type Orchestrator = (context: OrchestrationContext) => Generator<Task, unknown, unknown>;

export interface Registered {
  readonly orchestrations: Readonly<Record<string, Orchestrator>>;
  readonly activities: Readonly<Record<string, (input: never) => Promise<unknown>>>;
  readonly entities: Readonly<Record<string, (context: EntityContext<never>) => void>>;
}

/** What happened while an orchestration ran. */
export interface Trace {
  /** Names of activities, in the order in which they were called. */
  readonly activities: string[];
  /** Most activities that were under way at once. */
  mostAtOnce: number;
  /** How often an orchestration began again with a shorter history. */
  generations: number;
}

/**
 * Runs an orchestration in this process, without a host: everything that it yields happens at once, timers take no
 * time, and what goes in and out is what JSON makes of it, as in a history.
 */
export async function runOrchestration(
  name: string,
  input: unknown,
  registered: Registered,
): Promise<{ output: unknown; trace: Trace }> {
  const trace: Trace = { activities: [], mostAtOnce: 0, generations: 0 };
  const states = new Map<string, unknown>();
  let clockInMs = Date.now();
  let atOnce = 0;

  const later = (work: () => Promise<unknown>): Task => ({ work }) as unknown as Task;
  const done = (task: Task): Promise<unknown> => (task as unknown as { work: () => Promise<unknown> }).work();

  const callActivity = async (activity: string, given: unknown) => {
    trace.activities.push(activity);
    trace.mostAtOnce = Math.max(trace.mostAtOnce, ++atOnce);
    try {
      return plain(await registered.activities[activity]!(plain(given) as never));
    } finally {
      atOnce--;
    }
  };

  const callEntity = async (id: EntityId, operationName: string, given: unknown) => {
    const key = `${id.name}@${id.key}`;
    let answer: unknown;
    const df = {
      operationName,
      getInput: () => plain(given),
      getState: (initial?: () => unknown) => states.get(key) ?? initial?.(),
      setState: (state: unknown) => states.set(key, plain(state)),
      return: (value: unknown) => {
        answer = plain(value);
      },
    };
    registered.entities[id.name]!({ df } as unknown as EntityContext<never>);
    return answer;
  };

  const run = async (orchestrator: string, given: unknown, instanceId: string): Promise<unknown> => {
    let next: { input: unknown } | undefined;
    const df = {
      instanceId,
      getInput: () => plain(given),
      get currentUtcDateTime() {
        return new Date(clockInMs);
      },
      setCustomStatus: () => undefined,
      continueAsNew: (again: unknown) => {
        next = { input: again };
      },
      callActivity: (activity: string, its: unknown) => later(() => callActivity(activity, its)),
      callSubOrchestrator: (child: string, its: unknown, id: string) => later(() => run(child, its, id)),
      callEntity: (id: EntityId, operation: string, its: unknown) => later(() => callEntity(id, operation, its)),
      signalEntity: (id: EntityId, operation: string, its: unknown) => void callEntity(id, operation, its),
      createTimer: (at: Date) =>
        later(async () => {
          clockInMs = Math.max(clockInMs, at.getTime());
          // Whoever holds what is waited for gets a turn.
          await new Promise((resolve) => setImmediate(resolve));
        }),
      Task: { all: (tasks: readonly Task[]) => later(() => Promise.all(tasks.map(done))) },
    };
    const generator = registered.orchestrations[orchestrator]!({ df } as unknown as OrchestrationContext);
    for (let step = generator.next(); ; ) {
      if (step.done) {
        if (!next) return plain(step.value);
        trace.generations++;
        return run(orchestrator, next.input, instanceId);
      }
      let value: unknown;
      try {
        value = await done(step.value);
      } catch (error) {
        step = generator.throw(error);
        continue;
      }
      step = generator.next(value);
    }
  };

  return { output: await run(name, input, 'test'), trace };
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

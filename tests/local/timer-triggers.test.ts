import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FunctionsRuntime } from '../../local/host/functions-runtime.ts';
import type { FunctionMetadata, LogEntry, RetryPolicy } from '../../local/host/model.ts';
import type { RpcData } from '../../local/host/rpc.ts';
import { TimerTriggers } from '../../local/host/timer-triggers.ts';

const START = new Date('2026-01-01T00:00:30Z');

interface Tick {
  readonly at: string;
  readonly isPastDue: boolean;
  readonly status: { Last: string; Next: string } | null;
}

/** A runtime whose only function is a timer, which the test's own code stands in for. */
class Rehearsal {
  readonly ticks: Tick[] = [];
  readonly logs: LogEntry[] = [];
  readonly values = new Map<string, string>();
  failures = 0;
  #triggers: TimerTriggers | undefined;

  start(options: Record<string, unknown>, retryOptions?: RetryPolicy): void {
    const runtime = new FunctionsRuntime((entry) => this.logs.push(entry));
    const metadata: FunctionMetadata = {
      name: 'tick',
      bindings: { timer: { type: 'timerTrigger', direction: 'in', ...options } },
      ...(retryOptions ? { retryOptions } : {}),
    };
    runtime.registry.register(metadata, () => {});
    runtime.invoke = async (_hosted, trigger: RpcData) => {
      const input = JSON.parse(trigger.json!) as { IsPastDue: boolean; ScheduleStatus: Tick['status'] };
      this.ticks.push({ at: new Date().toISOString(), isPastDue: input.IsPastDue, status: input.ScheduleStatus });
      if (this.failures-- > 0) throw new Error('not this time');
      return { returnValue: undefined, outputs: new Map(), raw: undefined };
    };
    const store = {
      getValue: (key: string) => this.values.get(key),
      setValue: (key: string, value: string) => void this.values.set(key, value),
    };
    this.#triggers = new TimerTriggers(runtime, store);
    this.#triggers.start();
  }

  stop(): void {
    this.#triggers?.stop();
  }
}

let rehearsal: Rehearsal;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  rehearsal = new Rehearsal();
});
afterEach(() => {
  rehearsal.stop();
  vi.useRealTimers();
});

const times = () => rehearsal.ticks.map((tick) => tick.at);

describe('a timer function', () => {
  it('is called when it is due, with the times of the last and the next tick', async () => {
    rehearsal.start({ schedule: '0 */5 * * * *' });
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(times()).toEqual(['2026-01-01T00:05:00.000Z', '2026-01-01T00:10:00.000Z']);
    expect(rehearsal.ticks[0]!.status).toMatchObject({ Last: '0001-01-01T00:00:00+00:00' });
    expect(rehearsal.ticks[1]!.status).toMatchObject({
      Last: '2026-01-01T00:05:00.000+00:00',
      Next: '2026-01-01T00:10:00.000+00:00',
    });
  });

  it('makes up once for ticks that were missed while no host ran', async () => {
    rehearsal.start({ schedule: '0 */5 * * * *' });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    rehearsal.stop();
    vi.setSystemTime('2026-01-01T07:02:00Z');
    rehearsal.start({ schedule: '0 */5 * * * *' });
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(rehearsal.ticks.map(({ at, isPastDue }) => [at, isPastDue])).toEqual([
      ['2026-01-01T00:05:00.000Z', false],
      ['2026-01-01T07:02:00.000Z', true],
      ['2026-01-01T07:05:00.000Z', false],
    ]);
  });

  it('does not make up for them when it is not monitored, or is due more often than every minute', async () => {
    for (const options of [{ schedule: '0 */5 * * * *', useMonitor: false }, { schedule: '*/10 * * * * *' }]) {
      rehearsal = new Rehearsal();
      rehearsal.start(options);
      rehearsal.stop();
      vi.setSystemTime('2026-01-01T07:02:01Z');
      rehearsal.start(options);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(rehearsal.ticks).toEqual([]);
      expect(rehearsal.values.size).toBe(0);
      rehearsal.stop();
      vi.setSystemTime(START);
    }
  });

  it('is called at the start when it asks for it', async () => {
    rehearsal.start({ schedule: '0 0 0 * * *', runOnStartup: true });
    await vi.advanceTimersByTimeAsync(1);
    expect(rehearsal.ticks).toHaveLength(1);
  });

  it('is called again by its retry policy, with growing or fixed delays', async () => {
    rehearsal.failures = 9;
    rehearsal.start(
      { schedule: '0 */5 * * * *' },
      { maxRetryCount: 3, retryStrategy: 0, minimumInterval: { seconds: 1 }, maximumInterval: { seconds: 3 } },
    );
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(times().map((at) => at.slice(17, 19))).toEqual(['00', '01', '03', '06']);
    expect(rehearsal.logs.at(-1)).toMatchObject({ level: 'error', message: 'not this time' });
  });

  it('has its schedule from a setting where it names one', async () => {
    process.env['TICK_SCHEDULE'] = '0 */2 * * * *';
    rehearsal.start({ schedule: '%TICK_SCHEDULE%' });
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    expect(times()).toEqual(['2026-01-01T00:02:00.000Z']);
    expect(() => new Rehearsal().start({ schedule: '%NOT_SET%' })).toThrow(/the setting NOT_SET .* is missing/);
  });
});

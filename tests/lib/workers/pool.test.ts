import { afterEach, describe, expect, it } from 'vitest';
import { WorkerPool } from '../../../lib/workers/pool.ts';

const program = new URL('../../support/workers/sample-tasks.ts', import.meta.url);

describe('the worker pool', () => {
  const pool = new WorkerPool({ program, threads: 2 });
  let closing: WorkerPool | undefined;
  afterEach(() => closing?.close());

  it('answers many tasks, more than it has threads', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => pool.run('double', index)));
    expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => index * 2));
  });

  it('gives a task error its code and hint back', async () => {
    await expect(pool.run('refuse', null)).rejects.toMatchObject({ code: 'bad-data', message: 'no', hint: 'yes' });
    await expect(pool.run('nothing', null)).rejects.toMatchObject({ code: 'internal' });
  });

  it('ends a task that hangs, and goes on', async () => {
    await expect(pool.run('spin', null, { timeoutInMs: 200 })).rejects.toMatchObject({ code: 'limit' });
    expect(await pool.run('double', 4)).toBe(8);
  });

  it('ends a task that is cancelled, before it began or after', async () => {
    const controller = new AbortController();
    const running = pool.run('spin', null, { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(pool.run('spin', null, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('does not begin what was cancelled while it waited', async () => {
    const controller = new AbortController();
    const running = Array.from({ length: 2 }, () => pool.run('spin', null, { timeoutInMs: 400 }).catch(() => 'over'));
    const waiting = pool.run('double', 1, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(await Promise.all(running)).toEqual(['over', 'over']);
    expect(await pool.run('double', 6)).toBe(12);
  });

  it('hands memory over, and goes on where something cannot be sent', async () => {
    const bytes = new Uint8Array([20, 1]);
    expect(await pool.run('double', 1, { transfer: [bytes.buffer] })).toBe(2);
    expect(bytes.length).toBe(0);
    for (let times = 0; times < 3; times++)
      await expect(pool.run('double', () => 1)).rejects.toMatchObject({ code: 'internal' });
    expect(await pool.run('double', 7)).toBe(14);
  });

  it('survives a thread that dies', async () => {
    await expect(pool.run('exit', null)).rejects.toMatchObject({ code: 'internal' });
    expect(await pool.run('double', 5)).toBe(10);
  });

  it('rejects what waits when it is closed', async () => {
    closing = new WorkerPool({ program, threads: 1 });
    const tasks = [closing.run('spin', null), closing.run('double', 1)];
    const settled = Promise.allSettled(tasks);
    await closing.close();
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    await pool.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHost, type TestHost, until } from './support/hosts.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost('patterns');
});
afterAll(() => host.stop());

const completed = (output: unknown) => ({ status: 'Completed', output });

describe('orchestrations', () => {
  it('run activities one after the other and at once', async () => {
    expect(await host.run('sequence', 30)).toMatchObject(completed(435));
    expect(await host.run('fanOut', 300)).toMatchObject(completed(44_850));
  });

  it('retry activities, and give the last error when no attempt is left', async () => {
    expect(await host.run('retries', { key: 'a', failures: 2, attempts: 4 })).toMatchObject(completed('ok after 3'));
    expect(await host.run('retries', { key: 'b', failures: 9, attempts: 2 })).toMatchObject(
      completed({ caught: "Activity function 'flaky' failed: failure 2 " }),
    );
  });

  it('stop retrying when the time-out is over, without running the attempts that are left', async () => {
    const { output } = await host.run('retryTimeout');
    const { attempts, caught } = output as { attempts: number; caught: string };
    expect(attempts).toBeLessThan(6);
    expect(caught).toBe(`Activity function 'flaky' failed: failure ${attempts} `);
  });

  it('retry children, and number tasks rightly when retries run beside other tasks', async () => {
    expect(await host.run('retriedChild')).toMatchObject(completed('ok after 3'));
    expect(await host.run('mixed')).toMatchObject(
      completed({ both: ['ok after 3', 1, 'ok after 4'], first: 'ok after 2', last: 'end' }),
    );
  });

  it('call children, trees of them, and learn of their failures', async () => {
    expect(await host.run('tree', 4)).toMatchObject(completed(16));
    expect(await host.run('failingParent')).toMatchObject(
      completed("Orchestrator function 'failing' failed: the orchestrator failed on purpose "),
    );
  });

  it('fail with the message of what was not caught', async () => {
    const own = await host.run('failing');
    expect(own).toMatchObject({
      status: 'Failed',
      output: "Orchestrator function 'failing' failed: the orchestrator failed on purpose",
    });
    const { status, output } = await host.run('failingActivity');
    expect(status).toBe('Failed');
    expect(output).toMatch(
      /^Orchestrator function 'failingActivity' failed: Activity function 'fail' failed: no such luck/,
    );
  });

  it('wait for timers and events, whichever comes first', async () => {
    const { output } = await host.run('timers');
    expect(output).toBeGreaterThanOrEqual(80);
    const id = host.start('approval');
    await until(() => host.view(id).customStatus === 'waiting');
    expect(host.durable.raiseEvent(id, 'approve', JSON.stringify({ name: 'an analyst' }))).toBe('done');
    await host.waitFor(id);
    expect(host.view(id)).toEqual({
      status: 'Completed',
      output: { by: { name: 'an analyst' } },
      customStatus: 'approved',
    });
    expect(await host.run('approval', 20)).toMatchObject(completed('timeout'));
  });

  it('keep timers of a month', async () => {
    const id = host.start('longTimer');
    await until(() => host.view(id).status === 'Running');
    host.durable.raiseEvent(id, 'stop', 'null');
    await host.waitFor(id);
    expect(host.view(id).output).toBe('stopped');
  });

  it('get events that were raised before they are waited for', async () => {
    const id = host.start('approval');
    host.durable.raiseEvent(id, 'approve', '"early"');
    await host.waitFor(id);
    expect(host.view(id).output).toEqual({ by: 'early' });
  });

  it('continue as new with a short history, and keep the events that came meanwhile', async () => {
    expect(await host.run('countUp', { count: 0, limit: 40 })).toMatchObject(completed(40));
    const id = host.start('collector', { seen: [], limit: 4 });
    for (const tick of ['a', 'b', 'c', 'd']) host.durable.raiseEvent(id, 'tick', JSON.stringify(tick));
    await host.waitFor(id);
    expect(host.view(id).output).toEqual(['a', 'b', 'c', 'd']);
    expect(host.durable.store.getHistory(id).length).toBeLessThan(20);
  });

  it('make the same ids at every replay', async () => {
    expect(await host.run('guids')).toMatchObject(completed({ same: true, differ: true }));
  });

  it('poll an HTTP call that is answered 202', async () => {
    const output = (await host.run('web', { method: 'POST', url: `${host.url}/api/poll`, body: { q: 1 } })).output;
    expect(output).toEqual({ status: 200, content: '{"method":"GET"}' });
  });

  it('leave no message and no active instance behind', async () => {
    await host.idle();
    expect(host.durable.store.countActive()).toBe(0);
    expect(host.durable.store.targetsWithMessages()).toEqual([]);
  });
});

describe('control of an instance', () => {
  it('suspends: code runs on, nothing is begun, the reason is shown; and resumes', async () => {
    const id = host.start('suspended');
    await until(() => host.view(id).status === 'Running');
    expect(host.durable.suspend(id, 'a pause')).toBe('done');
    await until(() => host.view(id).status === 'Suspended');
    host.durable.raiseEvent(id, 'go', '1');
    await until(() => host.view(id).customStatus === 'gone');
    expect(host.view(id)).toEqual({ status: 'Suspended', output: 'a pause', customStatus: 'gone' });
    host.durable.resume(id, 'on');
    await host.waitFor(id);
    expect(host.view(id)).toMatchObject(completed('done'));
  });

  it('terminates with the reason as output', async () => {
    const id = host.start('approval');
    expect(host.durable.terminate(id, 'because')).toBe('done');
    await host.waitFor(id);
    expect(host.view(id)).toMatchObject({ status: 'Terminated', output: 'because' });
    expect(host.durable.terminate(id, 'again')).toBe('over');
    expect(host.durable.terminate('nobody', 'x')).toBe('missing');
  });

  it('rewinds a failed instance and its failed child, keeping what had succeeded', async () => {
    const failed = await host.run('rewindable');
    expect(failed.status).toBe('Failed');
    expect(host.durable.rewind(failed.id, 'another try')).toBe('done');
    await host.waitFor(failed.id);
    expect(host.view(failed.id)).toMatchObject(completed({ first: 'kept', second: 2 }));
    expect(() => host.durable.rewind(failed.id, 'x')).toThrow(/only orchestrations in the "Failed" state/);
  });

  it('refuses a second active instance of an id, and replaces one that is over', async () => {
    host.start('approval', undefined, 'the-one');
    expect(() => host.start('approval', undefined, 'the-one')).toThrow(/already exists/);
    host.durable.terminate('the-one', 'x');
    await host.waitFor('the-one');
    expect(await host.run('sequence', 3, 'the-one')).toMatchObject(completed(3));
  });

  it('purges', async () => {
    const { id } = await host.run('sequence', 1);
    expect(host.durable.purge(id)).toBe(1);
    expect(host.durable.purge(id)).toBe(0);
    expect(host.durable.store.getHistory(id)).toEqual([]);
  });
});

describe('entities', () => {
  it('are signalled and called, in order', async () => {
    expect(await host.run('entity')).toMatchObject(completed({ value: 12, failed: true }));
  });

  it('signal each other, and end', async () => {
    host.durable.signalEntity('Counter', 'one', 'add', '4');
    host.durable.signalEntity('Counter', 'one', 'forward', '"two"');
    host.durable.signalEntity('Counter', 'gone', 'add', '1');
    host.durable.signalEntity('Counter', 'gone', 'destroy', null);
    await host.idle();
    expect(host.durable.entityState('counter', 'two')).toBe('4');
    expect(host.durable.entityState('counter', 'gone')).toBeUndefined();
  });

  it('are locked by one orchestration at a time: no transfer sees another half done', async () => {
    host.durable.signalEntity('Counter', 'left', 'add', '100');
    host.durable.signalEntity('Counter', 'right', 'add', '100');
    await host.idle();
    const runs = await Promise.all(
      Array.from({ length: 12 }, (_, index) => host.run('transfer', index % 2 ? ['left', 'right'] : ['right', 'left'])),
    );
    expect(runs.every((run) => run.status === 'Completed')).toBe(true);
    expect(runs.every((run) => (run.output as { isLocked: boolean }).isLocked === false)).toBe(true);
    await host.idle();
    expect(host.durable.entityState('Counter', 'left')).toBe('100');
    expect(host.durable.entityState('Counter', 'right')).toBe('100');
  });
});

describe('locks', () => {
  it('are given free when their holder fails or is terminated, or never gets them', async () => {
    const failed = await host.run('locksAndFails', ['held-1', 'held-2']);
    expect(failed.status).toBe('Failed');
    expect(await host.run('transfer', ['held-1', 'held-2'])).toMatchObject({ status: 'Completed' });
    const ids = Array.from({ length: 6 }, () => host.start('transfer', ['held-2', 'held-1']));
    for (const id of ids.slice(0, 4)) host.durable.terminate(id, 'in the middle of it');
    await Promise.all(ids.map((id) => host.waitFor(id)));
    expect(await host.run('transfer', ['held-1', 'held-2'])).toMatchObject({ status: 'Completed' });
    await host.idle();
  });
});

describe('many instances', () => {
  it('progress fairly: a small one is not held up by big ones', async () => {
    const big = Array.from({ length: 99 }, () => host.start('slowFan', 8));
    const small = host.start('sequence', 3);
    await host.waitFor(small);
    expect(big.filter((id) => host.view(id).status === 'Completed')).toEqual([]);
    await host.idle();
    expect(big.every((id) => host.view(id).output === 8)).toBe(true);
  });
});

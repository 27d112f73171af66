import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHost, type TestHost, until } from './support/hosts.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost('traps');
});
afterAll(() => host.stop());

/** Runs an orchestration that strict mode fails, and gives the text that its author gets to read. */
async function refusal(name: string, input?: unknown): Promise<string> {
  const { status, output } = await host.run(name, input);
  expect(status).toBe('Failed');
  const text = String(output);
  const prefix = `Orchestrator function '${name}' failed: `;
  expect(text.startsWith(prefix)).toBe(true);
  return text.slice(prefix.length);
}

describe('strict mode refuses, and says what to do instead:', () => {
  it('a bare boolean as an activity’s input', async () => {
    expect(await refusal('booleanInput')).toBe(
      'the input of activity "echo" is the bare boolean false, which arrives in Azure as the string "False". Pass an object: { value: … }.',
    );
  });

  it('a string given to continueAsNew', async () => {
    expect(await refusal('stringAgain')).toBe(
      'continueAsNew was given a string, which Azure encodes twice: the next generation would get it in quotes. Pass an object: { value: … }.',
    );
  });

  it('names that nothing is registered under', async () => {
    expect(await refusal('unknownActivity')).toBe(
      'there is no activity "nobody"; in Azure the instance would stay "Running" for ever. Known: echo, big, slow, fail, flaky.',
    );
    expect(await refusal('unknownChild')).toMatch(
      /^there is no orchestrator "nobody"; in Azure the instance would stay "Running" for ever\. Known: child, /,
    );
  });

  it('a caught failure of a Task.all over calls with retries', async () => {
    expect(await refusal('caughtRetries')).toBe(
      'a Task.all over calls with retries has failed and the orchestrator went on; Azure first schedules the other retries, so that later calls silently get other tasks’ results. Retry inside a sub-orchestration that returns an outcome instead of throwing, or let the failure end the orchestration.',
    );
    expect(await refusal('uncaughtRetries')).toMatch(/^Activity function '(fail|flaky)' failed/);
  });

  it('a task awaited again in a second group', async () => {
    expect(await refusal('reusedTask')).toBe(
      'a task (slow) is awaited again in a second Task.all or Task.any; Azure runs it a second time, and later results go to the wrong tasks. Yield the task by itself, or put it into one group only.',
    );
  });

  it('payloads that do not belong into the history', async () => {
    const hint = 'the durable history takes 45,000 at most. Store it as a blob or a table, and pass its name.';
    expect(await refusal('bigInput')).toBe(`the input of activity "echo" is 50,002 characters of JSON; ${hint}`);
    expect(await refusal('bigOutput')).toBe(
      `the output of orchestrator "bigOutput" is 50,002 characters of JSON; ${hint}`,
    );
    expect(await refusal('bigResult')).toContain(`the result of activity "big" is 50,002 characters of JSON; ${hint}`);
    expect(await refusal('bigStatus')).toContain('the custom status is 10,002 characters of JSON');
    expect(() => host.start('child', 'x'.repeat(50_000))).toThrow(/the input of orchestrator "child" is 50,002/);
  });

  it('a key "Timestamp" in an orchestrator’s input', async () => {
    const words = /has the key "Timestamp" \(\$\.rows\[0\]\.Timestamp\), which the durable library turns into a Date/;
    expect(await refusal('timestampChild')).toMatch(words);
    expect(() => host.start('child', { rows: [{ Timestamp: '2026-01-01T00:00:00Z' }] })).toThrow(words);
    expect(await host.run('child', { Timestamp: 5, TimeGenerated: 'x' })).toMatchObject({ status: 'Completed' });
  });

  it('code that does something else at its replay', async () => {
    expect(await refusal('nonDeterministic')).toMatch(
      /^Non-deterministic orchestrator: action 1 was "CallActivity echo" and is now "CallActivity slow"\. An orchestrator must do the same at every replay/,
    );
  });

  it.each([
    ['Date.now()', 'Use context.df.currentUtcDateTime.'],
    ['new Date()', 'Use context.df.currentUtcDateTime.'],
    ['performance.now()', 'Use context.df.currentUtcDateTime.'],
    ['process.hrtime()', 'Use context.df.currentUtcDateTime.'],
    ['Math.random()', 'Use context.df.newGuid(…), or take the value from an activity.'],
    ['crypto.randomUUID()', 'Use context.df.newGuid(…), or take the value from an activity.'],
    ['randomUUID()', 'Use context.df.newGuid(…), or take the value from an activity.'],
    ['randomBytes()', 'Use context.df.newGuid(…), or take the value from an activity.'],
    ['fetch()', 'Do it in an activity, or use context.df.callHttp.'],
    ['setTimeout()', 'Use context.df.createTimer.'],
  ])('%s in an orchestrator', async (call, instead) => {
    expect(await refusal('clock', call)).toBe(
      `the orchestrator called ${call}, which differs at every replay. ${instead}`,
    );
  });

  it('a clock even where the orchestrator hides the error', async () => {
    expect(await refusal('caughtClock')).toMatch(/^the orchestrator called Date\.now\(\)/);
  });
});

describe('strict mode allows', () => {
  it('dates that are computed, and leaves the clock to everything else', async () => {
    expect(await host.run('allowedDates')).toMatchObject({
      status: 'Completed',
      output: [true, '2026-01-01T00:00:00.000Z', true, true],
    });
    expect(Date.now()).toBeGreaterThan(0);
  });
});

describe('strict mode warns of', () => {
  it('a timer that holds the completion back', async () => {
    const { id } = await host.run('leftTimer');
    expect(host.lines).toContain(
      `warning: leftTimer ${id}: the orchestrator has returned, but is not completed before 1 timer(s) have fired, as in Azure: cancel a timer that lost its race`,
    );
  });

  it('events that continueAsNew may lose', async () => {
    const id = host.start('lostEvents');
    host.durable.raiseEvent(id, 'start', '1');
    host.durable.raiseEvent(id, 'other', '2');
    host.durable.raiseEvent(id, 'start', '3');
    await host.waitFor(id);
    expect(host.lines.join('\n')).toMatch(
      /continueAsNew was called with 2 event\(s\) not yet consumed \(other, start\); they are kept here, but Azure may lose them: consume them first/,
    );
  });
});

describe('without strict mode', () => {
  it('the same traps do what they do in Azure', async () => {
    await host.stop();
    const loose = await startTestHost('traps', { strict: false });
    try {
      expect(await loose.run('booleanInput')).toMatchObject({ output: 'False' });
      expect(await loose.run('stringAgain')).toMatchObject({ output: '"next"' });
      const id = loose.start('unknownActivity');
      await until(() => loose.lines.some((line) => line.includes('there is no activity "nobody"')));
      expect(loose.view(id).status).toBe('Running');
    } finally {
      await loose.stop();
    }
  });
});

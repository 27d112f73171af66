// What strict mode refuses: each orchestration breaks one rule.
const crypto = require('node:crypto');
const df = require('durable-functions');

const attempts = new Map();
df.app.activity('echo', { handler: (input) => input });
df.app.activity('big', { handler: (length) => 'x'.repeat(length) });
df.app.activity('slow', { handler: (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms)) });
df.app.activity('fail', {
  handler: () => {
    throw new Error('failed on purpose');
  },
});
df.app.activity('flaky', {
  handler: (key) => {
    attempts.set(key, (attempts.get(key) ?? 0) + 1);
    throw new Error('flaky');
  },
});

df.app.orchestration('child', function* (context) {
  return yield context.df.callActivity('echo', context.df.getInput());
});
df.app.orchestration('booleanInput', function* (context) {
  return yield context.df.callActivity('echo', false);
});
df.app.orchestration('stringAgain', function* (context) {
  const input = yield context.df.callActivity('echo', context.df.getInput());
  if (input === null) context.df.continueAsNew('next');
  return input;
});
df.app.orchestration('unknownActivity', function* (context) {
  return yield context.df.callActivity('nobody', 1);
});
df.app.orchestration('unknownChild', function* (context) {
  return yield context.df.callSubOrchestrator('nobody', 1);
});
df.app.orchestration('caughtRetries', function* (context) {
  const options = new df.RetryOptions(1, 3);
  try {
    yield context.df.Task.all([
      context.df.callActivity('fail'),
      context.df.callActivityWithRetry('flaky', options, context.df.instanceId),
    ]);
  } catch {
    return yield context.df.callActivity('echo', 'went on');
  }
});
df.app.orchestration('uncaughtRetries', function* (context) {
  const options = new df.RetryOptions(1, 3);
  yield context.df.Task.all([
    context.df.callActivity('fail'),
    context.df.callActivityWithRetry('flaky', options, context.df.instanceId),
  ]);
});
df.app.orchestration('reusedTask', function* (context) {
  const slow = context.df.callActivity('slow', 20);
  const fast = context.df.callActivity('echo', 'fast');
  yield context.df.Task.any([slow, fast]);
  return yield context.df.Task.all([slow, fast]);
});
df.app.orchestration('bigInput', function* (context) {
  return yield context.df.callActivity('echo', 'x'.repeat(50_000));
});
df.app.orchestration('bigResult', function* (context) {
  return (yield context.df.callActivity('big', 50_000)).length;
});
df.app.orchestration('bigOutput', function* (context) {
  return (yield context.df.callActivity('echo', 'x')).repeat(50_000);
});
df.app.orchestration('bigStatus', function* (context) {
  context.df.setCustomStatus('x'.repeat(10_000));
  return yield context.df.callActivity('echo', 1);
});
df.app.orchestration('timestampChild', function* (context) {
  return yield context.df.callSubOrchestrator('child', { rows: [{ Timestamp: '2026-01-01T00:00:00.1234567Z' }] });
});
let runs = 0;
df.app.orchestration('nonDeterministic', function* (context) {
  runs++;
  yield context.df.callActivity(runs % 2 ? 'echo' : 'slow', 1);
  return yield context.df.callActivity('echo', 2);
});
df.app.orchestration('leftTimer', function* (context) {
  const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60));
  yield context.df.Task.any([context.df.callActivity('echo', 1), timer]);
  return 'returned';
});
df.app.orchestration('lostEvents', function* (context) {
  const generation = context.df.getInput()?.generation ?? 0;
  yield context.df.waitForExternalEvent('start');
  if (generation === 0) context.df.continueAsNew({ generation: 1 });
  return generation;
});

const clocks = {
  'Date.now()': () => Date.now(),
  'new Date()': () => new Date(),
  'Math.random()': () => Math.random(),
  'crypto.randomUUID()': () => globalThis.crypto.randomUUID(),
  'randomUUID()': () => crypto.randomUUID(),
  'randomBytes()': () => crypto.randomBytes(4),
  'performance.now()': () => performance.now(),
  'process.hrtime()': () => process.hrtime(),
  'fetch()': () => fetch('http://127.0.0.1:1/'),
  'setTimeout()': () => setTimeout(() => {}, 1),
};
df.app.orchestration('clock', function* (context) {
  clocks[context.df.getInput()]();
  return yield context.df.callActivity('echo', 'not refused');
});
df.app.orchestration('caughtClock', function* (context) {
  let now = 'hidden';
  try {
    now = Date.now();
  } catch {}
  return yield context.df.callActivity('echo', now);
});
df.app.orchestration('allowedDates', function* (context) {
  const parsed = new Date('2026-01-01T00:00:00Z');
  const later = new Date(context.df.currentUtcDateTime.getTime() + 5);
  yield context.df.createTimer(later);
  return [parsed instanceof Date, parsed.toISOString(), Date.UTC(2026, 0, 1) === parsed.getTime(), later > parsed];
});

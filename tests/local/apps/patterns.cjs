// Orchestrations that use each feature of the durable library, for the tests of the engine.
const { app } = require('@azure/functions');
const df = require('durable-functions');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const attempts = new Map();
const later = (context, ms) => new Date(context.df.currentUtcDateTime.getTime() + ms);

df.app.activity('echo', { handler: (input) => input });
df.app.activity('slow', {
  handler: async ({ ms, value }) => {
    await sleep(ms);
    return value ?? ms;
  },
});
df.app.activity('fail', {
  handler: (input) => {
    throw new TypeError(input?.message ?? 'failed on purpose');
  },
});
df.app.activity('flaky', {
  handler: ({ key, failures }) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt <= failures) throw new Error(`failure ${attempt}`);
    return `ok after ${attempt}`;
  },
});

df.app.orchestration('sequence', function* (context) {
  let sum = 0;
  for (let index = 0; index < context.df.getInput(); index++) sum += yield context.df.callActivity('echo', index);
  return sum;
});
df.app.orchestration('fanOut', function* (context) {
  const tasks = Array.from({ length: context.df.getInput() }, (_, index) => context.df.callActivity('echo', index));
  const results = yield context.df.Task.all(tasks);
  return results.reduce((sum, value) => sum + value, 0);
});
df.app.orchestration('slowFan', function* (context) {
  const tasks = Array.from({ length: context.df.getInput() }, () => context.df.callActivity('slow', { ms: 2 }));
  return (yield context.df.Task.all(tasks)).length;
});
df.app.orchestration('endless', function* (context) {
  return yield context.df.callActivity('slow', { ms: 600_000 });
});
df.app.orchestration('retries', function* (context) {
  const { key, failures, attempts: limit, interval = 1 } = context.df.getInput();
  try {
    return yield context.df.callActivityWithRetry('flaky', new df.RetryOptions(interval, limit), { key, failures });
  } catch (error) {
    return { caught: error.message.split('\n')[0] };
  }
});
df.app.orchestration('retryTimeout', function* (context) {
  const options = new df.RetryOptions(40, 50);
  options.retryTimeoutInMilliseconds = 100;
  try {
    return yield context.df.callActivityWithRetry('flaky', options, { key: context.df.instanceId, failures: 99 });
  } catch (error) {
    return { caught: error.message.split('\n')[0], attempts: attempts.get(context.df.instanceId) };
  }
});
df.app.orchestration('retriedChild', function* (context) {
  return yield context.df.callSubOrchestratorWithRetry('flakyChild', new df.RetryOptions(1, 3), {
    key: context.df.instanceId,
  });
});
df.app.orchestration('flakyChild', function* (context) {
  return yield context.df.callActivity('flaky', { key: context.df.getInput().key, failures: 2 });
});
df.app.orchestration('mixed', function* (context) {
  const key = context.df.instanceId;
  const retried = context.df.callActivityWithRetry('flaky', new df.RetryOptions(2, 4), { key: `${key}a`, failures: 2 });
  const other = context.df.callActivityWithRetry('flaky', new df.RetryOptions(3, 4), { key: `${key}b`, failures: 3 });
  const both = yield context.df.Task.all([retried, context.df.callActivity('echo', 1), other]);
  const first = yield context.df.Task.any([
    context.df.callActivityWithRetry('flaky', new df.RetryOptions(1, 4), { key: `${key}c`, failures: 1 }),
    context.df.callActivity('slow', { ms: 60, value: 'slow' }),
  ]);
  const last = yield context.df.callActivity('echo', 'end');
  return { both, first: first.result, last };
});
df.app.orchestration('child', function* (context) {
  const value = yield context.df.callActivity('echo', { from: context.df.getInput() ?? null });
  return { id: context.df.instanceId, parent: context.df.parentInstanceId, value };
});
df.app.orchestration('tree', function* (context) {
  const depth = context.df.getInput();
  if (depth === 0) return 1;
  const children = [1, 2].map(() => context.df.callSubOrchestrator('tree', depth - 1));
  const counts = yield context.df.Task.all(children);
  return counts[0] + counts[1];
});
df.app.orchestration('failing', function* (context) {
  yield context.df.callActivity('echo', 1);
  throw new Error('the orchestrator failed on purpose');
});
df.app.orchestration('failingActivity', function* (context) {
  yield context.df.callActivity('fail', { message: 'no such luck' });
});
df.app.orchestration('failingParent', function* (context) {
  try {
    yield context.df.callSubOrchestrator('failing');
  } catch (error) {
    return error.message.split('\n')[0];
  }
});
df.app.orchestration('approval', function* (context) {
  context.df.setCustomStatus('waiting');
  const timer = context.df.createTimer(later(context, context.df.getInput() ?? 60_000));
  const approval = context.df.waitForExternalEvent('approve');
  const winner = yield context.df.Task.any([approval, timer]);
  if (winner !== approval) return 'timeout';
  timer.cancel();
  context.df.setCustomStatus('approved');
  const by = yield context.df.callActivity('echo', approval.result);
  return { by };
});
df.app.orchestration('timers', function* (context) {
  const start = context.df.currentUtcDateTime.getTime();
  yield context.df.createTimer(later(context, 40));
  yield context.df.createTimer(later(context, 40));
  return context.df.currentUtcDateTime.getTime() - start;
});
df.app.orchestration('longTimer', function* (context) {
  const timer = context.df.createTimer(later(context, 30 * 86_400_000));
  const stop = context.df.waitForExternalEvent('stop');
  yield context.df.Task.any([timer, stop]);
  timer.cancel();
  return 'stopped';
});
df.app.orchestration('countUp', function* (context) {
  const state = context.df.getInput();
  const next = yield context.df.callActivity('echo', state.count + 1);
  if (next < state.limit) {
    context.df.setCustomStatus(`at ${next}`);
    context.df.continueAsNew({ ...state, count: next });
    return;
  }
  return next;
});
df.app.orchestration('collector', function* (context) {
  const state = context.df.getInput();
  const event = yield context.df.waitForExternalEvent('tick');
  const seen = [...state.seen, event];
  if (seen.length < state.limit) {
    context.df.continueAsNew({ ...state, seen });
    return;
  }
  return seen;
});
df.app.orchestration('suspended', function* (context) {
  yield context.df.waitForExternalEvent('go');
  context.df.setCustomStatus('gone');
  return yield context.df.callActivity('echo', 'done');
});
df.app.orchestration('guids', function* (context) {
  const before = [context.df.newGuid(context.df.instanceId), context.df.newGuid(context.df.instanceId)];
  const kept = yield context.df.callActivity('echo', before);
  return { same: before[0] === kept[0] && before[1] === kept[1], differ: before[0] !== before[1] };
});
let rewound = 0;
df.app.activity('works second time', {
  handler: () => {
    rewound++;
    if (rewound === 1) throw new Error('not yet');
    return rewound;
  },
});
df.app.orchestration('rewindable', function* (context) {
  const first = yield context.df.callActivity('echo', 'kept');
  const second = yield context.df.callSubOrchestrator('rewindableChild');
  return { first, second };
});
df.app.orchestration('rewindableChild', function* (context) {
  return yield context.df.callActivity('works second time');
});
df.app.orchestration('web', function* (context) {
  const response = yield context.df.callHttp(context.df.getInput());
  return { status: response.statusCode, content: response.content };
});

df.app.entity('Counter', (context) => {
  const value = context.df.getState(() => 0);
  switch (context.df.operationName) {
    case 'add':
      context.df.setState(value + context.df.getInput());
      break;
    case 'get':
      context.df.return(value);
      break;
    case 'forward':
      context.df.signalEntity(new df.EntityId('Counter', context.df.getInput()), 'add', value);
      break;
    case 'fail':
      throw new Error('the operation failed');
    case 'destroy':
      context.df.destructOnExit();
      break;
  }
});
df.app.orchestration('entity', function* (context) {
  const id = new df.EntityId('Counter', context.df.instanceId);
  context.df.signalEntity(id, 'add', 5);
  yield context.df.callEntity(id, 'add', 7);
  const value = yield context.df.callEntity(id, 'get');
  let failed = false;
  try {
    yield context.df.callEntity(id, 'fail');
  } catch {
    failed = true;
  }
  return { value, failed };
});
df.app.orchestration('transfer', function* (context) {
  const [from, to] = context.df.getInput().map((key) => new df.EntityId('Counter', key));
  const lock = yield context.df.lock(from, to);
  const amount = yield context.df.callEntity(from, 'get');
  yield context.df.callActivity('slow', { ms: 5 });
  yield context.df.callEntity(from, 'add', -1);
  yield context.df.callEntity(to, 'add', 1);
  lock.release();
  return { amount, isLocked: context.df.isLocked().isLocked };
});

df.app.orchestration('locksAndFails', function* (context) {
  const [first, second] = context.df.getInput().map((key) => new df.EntityId('Counter', key));
  yield context.df.lock(first, second);
  yield context.df.callEntity(first, 'add', 1);
  throw new Error('failed while it held a lock');
});

let polls = 0;
app.http('poll', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: (request) => {
    polls++;
    if (polls % 3 === 0) return { jsonBody: { method: request.method } };
    return { status: 202, headers: { location: '/api/poll', 'retry-after': '0' } };
  },
});

// Runs a plan: a random program of nested all, any, retries, children, timers, events and signals.
const df = require('durable-functions');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// Outlives the app when a test loads it again.
globalThis.fuzzAttempts ??= new Map();
const attempts = globalThis.fuzzAttempts;

df.app.activity('act', {
  handler: async ({ ms, value }) => {
    if (ms > 0) await sleep(ms);
    return value;
  },
});
df.app.activity('retried', {
  handler: async ({ ms, value, key, failures }) => {
    if (ms > 0) await sleep(ms);
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt <= failures) throw new Error(`failure ${attempt}`);
    return value;
  },
});
df.app.activity('fail', {
  handler: () => {
    throw new Error('always');
  },
});

function task(context, node) {
  const { df: durable } = context;
  switch (node.type) {
    case 'act':
      return durable.callActivity('act', node);
    case 'retry':
      return durable.callActivityWithRetry('retried', new df.RetryOptions(node.delay, node.failures + 1), node);
    case 'timer':
      return durable.createTimer(new Date(durable.currentUtcDateTime.getTime() + node.ms));
    case 'child':
      return durable.callSubOrchestrator('plan', node.plan);
    case 'all':
      return durable.Task.all(node.children.map((child) => task(context, child)));
    default:
      return durable.Task.any(node.children.map((child) => task(context, child)));
  }
}

/** A result without the tasks that `any` gives. */
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  return value && typeof value === 'object' && 'hasResult' in value ? 'any' : (value ?? null);
};

df.app.orchestration('plan', function* (context) {
  const results = [];
  for (const step of context.df.getInput()) {
    if (step.type === 'caught') {
      try {
        yield context.df.Task.all([
          context.df.callActivity('fail'),
          ...step.children.map((child) => task(context, child)),
        ]);
        results.push('not caught');
      } catch {
        results.push('caught');
      }
    } else if (step.type === 'caughtRetry') {
      try {
        yield context.df.callActivityWithRetry('fail', new df.RetryOptions(1, step.attempts));
      } catch {
        results.push('caught');
      }
    } else if (step.type === 'signal') {
      context.df.signalEntity(new df.EntityId('Tally', step.key), 'add', 1);
      results.push('signal');
    } else if (step.type === 'ask') {
      yield context.df.callEntity(new df.EntityId('Tally', step.key), 'add', 1);
      results.push('asked');
    } else if (step.type === 'race') {
      const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
      yield context.df.Task.any([task(context, step.child), timer]);
      timer.cancel();
      results.push('raced');
    } else {
      results.push(plain(yield task(context, step)));
    }
  }
  return results;
});

df.app.entity('Tally', (context) => context.df.setState(context.df.getState(() => 0) + context.df.getInput()));

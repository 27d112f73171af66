// HTTP functions and hooks, for the tests of the host.
const { app } = require('@azure/functions');
const df = require('durable-functions');

const seen = [];
app.hook.appStart(() => seen.push('appStart'));
app.hook.appTerminate(() => globalThis.hostEvents?.push('appTerminate'));
app.hook.preInvocation((context) => {
  context.hookData.started = true;
  if (context.invocationContext.functionName === 'replaced') context.functionHandler = () => ({ body: 'replaced' });
});
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName === 'rescued' && context.error) {
    context.error = null;
    context.result = { body: `rescued, ${context.hookData.started}` };
  }
});

app.http('echo', {
  route: 'echo/{word}/{number:int?}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: async (request) => ({
    status: 201,
    headers: { 'x-answer': 'yes' },
    cookies: [{ name: 'c', value: 'a b', path: '/', httpOnly: true, sameSite: 'Strict' }],
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      header: request.headers.get('x-header'),
      body: await request.text(),
    },
  }),
});
app.http('special', { route: 'echo/special', authLevel: 'anonymous', handler: () => ({ body: 'special' }) });
app.http('rest', {
  route: 'files/{*path}',
  authLevel: 'anonymous',
  handler: (request) => ({ body: request.params.path }),
});
app.http('nothing', { authLevel: 'anonymous', handler: () => undefined });
app.http('bytes', { authLevel: 'anonymous', handler: () => ({ body: Buffer.from([0, 255, 1]) }) });
app.http('broken', {
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('broken, with a secret in its text');
  },
});
app.http('replaced', { authLevel: 'anonymous', handler: () => ({ body: 'original' }) });
app.http('rescued', {
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('lost');
  },
});
app.http('seen', { authLevel: 'anonymous', handler: () => ({ jsonBody: seen }) });
app.http('logs', {
  authLevel: 'anonymous',
  handler: (_request, context) => {
    context.warn('a warning of the app');
    return { body: 'logged' };
  },
});
app.http('settings', {
  authLevel: 'anonymous',
  handler: () => ({ jsonBody: { given: process.env.GIVEN, name: process.env.WEBSITE_HOSTNAME } }),
});
df.app.activity('hello', { handler: (name) => `hello ${name}` });
df.app.orchestration('greet', function* (context) {
  return yield context.df.callActivity('hello', context.df.getInput());
});
app.http('start', {
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew('greet', { input: await request.json() });
    const done = await client.waitForCompletionOrCreateCheckStatusResponse(request, id, {
      timeoutInMilliseconds: 10_000,
      retryIntervalInMilliseconds: 5,
    });
    return done;
  },
});

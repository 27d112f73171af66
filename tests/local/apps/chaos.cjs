// Orchestrations whose activities leave traces in the storage, for tests that kill the process.
const { appendFileSync } = require('node:fs');
const df = require('durable-functions');
const { BlobServiceClient } = require('@azure/storage-blob');
const { TableClient } = require('@azure/data-tables');

const connection = process.env.AzureWebJobsStorage;
const blobs = BlobServiceClient.fromConnectionString(connection).getContainerClient('traces');
const rows = TableClient.fromConnectionString(connection, 'traces', { allowInsecureConnection: true });
const ready = Promise.all([blobs.createIfNotExists(), rows.createTable().catch(() => {})]);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const content = ({ run, step }) => `${run}/${step}/`.repeat(50);

df.app.activity('leaveTrace', {
  handler: async (input) => {
    await ready;
    const { run, step } = input;
    if (process.env.CHAOS_LOG) appendFileSync(process.env.CHAOS_LOG, `${run} ${step}\n`);
    const text = content(input);
    await blobs.getBlockBlobClient(`${run}/${step}`).upload(text, text.length);
    await rows.upsertEntity({ partitionKey: run, rowKey: String(step), length: text.length });
    await sleep(5);
    return step;
  },
});
df.app.activity('countTraces', {
  handler: async ({ run }) => {
    let right = 0;
    for await (const { name } of blobs.listBlobsFlat({ prefix: `${run}/` })) {
      const step = Number(name.split('/')[1]);
      const bytes = await blobs.getBlobClient(name).downloadToBuffer();
      if (bytes.toString() === content({ run, step })) right++;
    }
    let stored = 0;
    for await (const row of rows.listEntities({ queryOptions: { filter: `PartitionKey eq '${run}'` } })) {
      if (row.length === content({ run, step: row.rowKey }).length) stored++;
    }
    return { blobs: right, rows: stored };
  },
});
const tries = new Map();
df.app.activity('unsteady', {
  handler: ({ key }) => {
    tries.set(key, (tries.get(key) ?? 0) + 1);
    if (tries.get(key) % 3 !== 0) throw new Error('unsteady');
    return 'steady';
  },
});
df.app.entity('Total', (context) => {
  if (context.df.operationName === 'add') context.df.setState(context.df.getState(() => 0) + context.df.getInput());
  else context.df.return(context.df.getState(() => 0));
});
df.app.orchestration('steps', function* (context) {
  const { run, first, count } = context.df.getInput();
  const tasks = [];
  for (let step = first; step < first + count; step++) tasks.push(context.df.callActivity('leaveTrace', { run, step }));
  const steps = yield context.df.Task.all(tasks);
  return steps.length;
});
df.app.orchestration('steady', function* (context) {
  return yield context.df.callActivityWithRetry('unsteady', new df.RetryOptions(5, 100), context.df.getInput());
});
df.app.orchestration('chaos', function* (context) {
  const run = context.df.instanceId;
  const total = new df.EntityId('Total', run);
  const fan = [0, 10, 20].map((first) => context.df.callSubOrchestrator('steps', { run, first, count: 10 }));
  const counts = yield context.df.Task.all(fan);
  yield context.df.callEntity(total, 'add', counts[0] + counts[1] + counts[2]);
  const steady = yield context.df.callSubOrchestrator('steady', { key: run });
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 50));
  for (let step = 30; step < 36; step++) yield context.df.callActivity('leaveTrace', { run, step });
  yield context.df.callEntity(total, 'add', 6);
  const traces = yield context.df.callActivity('countTraces', { run });
  return { steady, traces, total: yield context.df.callEntity(total, 'get') };
});

import { app, type HttpRequest, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { TrailhoundError } from '../lib/errors.ts';
import { blobNames, ID_PATTERN, type Runtime, readDocument } from '../lib/investigation/index.ts';
import { contentTypeOf } from '../lib/storage/blob-store.ts';
import { answering, readJsonBody } from './http.ts';
import { parseRequest } from './investigation-request.ts';
import { listInvestigations, readHistory, readInvestigation } from './read-investigation.ts';
import { getRuntime } from './runtime.ts';
import { storeSentTables } from './sent-tables.ts';
import { readStatus, startInvestigation } from './start-investigation.ts';

const MAX_BODY_BYTES = 32 * 2 ** 20;
const RETRY_AFTER_IN_SECONDS = '2';
const client = df.input.durableClient();

/** Pages are shown in a sandbox without an origin: even a page that was tampered with reaches nothing of this app. */
const PAGE_POLICY = 'sandbox allow-scripts allow-popups allow-downloads';

function idOf(request: HttpRequest): string {
  const id = request.params['id'] ?? '';
  if (!ID_PATTERN.test(id)) throw new TrailhoundError('not-found', 'there is no such investigation');
  return id;
}

app.http('investigations-start', {
  route: 'investigations',
  methods: ['POST'],
  authLevel: 'function',
  extraInputs: [client],
  handler: answering(async (request: HttpRequest, context: InvocationContext) => {
    const runtime = await getRuntime();
    const body = await readJsonBody(request, MAX_BODY_BYTES);
    const { request: wanted, sent } = parseRequest(body, request.headers, runtime);
    const tables = await storeSentTables(await getRuntime(wanted.tenant), wanted.id, sent);
    const { id, isNew } = await startInvestigation(df.getClient(context), { ...wanted, tables });
    const self = `/api/investigations/${id}`;
    return {
      status: 202,
      headers: { Location: self, 'Retry-After': RETRY_AFTER_IN_SECONDS },
      jsonBody: { id, isNew, links: { self, report: `${self}/files/report.html`, history: `${self}/history` } },
    };
  }),
});

app.http('investigations-list', {
  route: 'investigations',
  methods: ['GET'],
  authLevel: 'function',
  extraInputs: [client],
  handler: answering(async (request, context) => {
    const limit = Number(request.query.get('limit') ?? '50');
    if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
      throw new TrailhoundError('usage', 'limit is not a number from 1 to 500', { hint: 'For example ?limit=50' });
    }
    return { jsonBody: { investigations: await listInvestigations(await getRuntime(), df.getClient(context), limit) } };
  }),
});

app.http('investigations-get', {
  route: 'investigations/{id}',
  methods: ['GET'],
  authLevel: 'function',
  extraInputs: [client],
  handler: answering(async (request, context) => {
    const document = await readInvestigation(await getRuntime(), df.getClient(context), idOf(request));
    const going = document.status === 'pending' || document.status === 'running';
    return { jsonBody: document, headers: going ? { 'Retry-After': RETRY_AFTER_IN_SECONDS } : {} };
  }),
});

app.http('investigations-cancel', {
  route: 'investigations/{id}',
  methods: ['DELETE'],
  authLevel: 'function',
  extraInputs: [client],
  handler: answering(async (request, context) => {
    const id = idOf(request);
    const durable = df.getClient(context);
    const status = await readStatus(durable, id);
    if (!status) throw new TrailhoundError('not-found', `there is no investigation ${id}`);
    if (
      status.runtimeStatus === df.OrchestrationRuntimeStatus.Pending ||
      status.runtimeStatus === df.OrchestrationRuntimeStatus.Running
    ) {
      await durable.terminate(id, 'cancelled by the caller');
    }
    return { status: 202, jsonBody: { id } };
  }),
});

app.http('investigations-history', {
  route: 'investigations/{id}/history',
  methods: ['GET'],
  authLevel: 'function',
  extraInputs: [client],
  handler: answering(async (request, context) => ({
    jsonBody: await readHistory(df.getClient(context), context.extraInputs.get(client), idOf(request)),
  })),
});

app.http('investigations-artifact', {
  route: 'investigations/{id}/artifacts/{name}',
  methods: ['GET'],
  authLevel: 'function',
  handler: answering(async (request) => {
    const { blobs } = await runtimeOf(idOf(request));
    const manifest = await readDocument({ blobs: { ...blobs, pathOf: (name) => name } }, idOf(request));
    const name = request.params['name'] ?? '';
    const artifact = manifest?.artifacts.find((each) => each.name === name || `${each.name}.${each.kind}` === name);
    if (!artifact) throw new TrailhoundError('not-found', `there is no artifact "${name.slice(0, 100)}"`);
    return sendBlob(blobs, artifact.path);
  }),
});

app.http('investigations-file', {
  route: 'investigations/{id}/files/{*path}',
  methods: ['GET'],
  authLevel: 'function',
  handler: answering(async (request) => {
    const id = idOf(request);
    return sendBlob((await runtimeOf(id)).blobs, `${blobNames.root(id)}/${request.params['path'] ?? ''}`);
  }),
});

/** The runtime that sees the blobs of an investigation. */
async function runtimeOf(id: string) {
  const row = await (await getRuntime()).index.get(id);
  if (!row) throw new TrailhoundError('not-found', `there is no investigation ${id}`);
  return getRuntime(row.tenant);
}

async function sendBlob(blobs: Runtime['blobs'], name: string) {
  const content = await blobs.get(name);
  if (!content) throw new TrailhoundError('not-found', 'there is no such file');
  const headers: Record<string, string> = { 'Content-Type': contentTypeOf(name) };
  if (name.endsWith('.html')) headers['Content-Security-Policy'] = PAGE_POLICY;
  return { body: content, headers };
}

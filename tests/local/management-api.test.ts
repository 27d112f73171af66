import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestHost, type TestHost } from './support/hosts.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost('patterns', { management: true });
});
afterAll(() => host.stop());

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const url = new URL(`/runtime/webhooks/durabletask/${path}`, host.url);
  url.searchParams.set('code', host.managementKey);
  const hasBody = body !== undefined;
  return fetch(url, {
    method,
    headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  });
}

it('asks for the key', async () => {
  for (const query of ['', '?code=', '?code=wrong', `?code=${host.managementKey}x`]) {
    expect((await fetch(`${host.url}/runtime/webhooks/durabletask/instances/${query}`)).status).toBe(401);
  }
});

it('starts an instance, with links that work as they are', async () => {
  const response = await call('POST', 'orchestrators/sequence/linked', 3);
  expect(response.status).toBe(202);
  const links = (await response.json()) as Record<string, string>;
  await host.waitFor('linked');
  const status = (await (await fetch(links['statusQueryGetUri']!)).json()) as Record<string, unknown>;
  expect(status).toMatchObject({ name: 'sequence', runtimeStatus: 'Completed', input: 3, output: 3 });
});

it('shows the history with what was scheduled merged into its end', async () => {
  await host.run('sequence', 1, 'shown');
  const response = await call('GET', 'instances/shown?showHistory=true&showHistoryOutput=true');
  const { historyEvents } = (await response.json()) as { historyEvents: Record<string, unknown>[] };
  expect(historyEvents.map((event) => [event['EventType'], event['FunctionName'], event['Result']])).toEqual([
    ['ExecutionStarted', 'sequence', undefined],
    ['TaskCompleted', 'echo', 0],
    ['ExecutionCompleted', undefined, 0],
  ]);
});

it('lists by status, time and prefix, in pages', async () => {
  for (const id of ['page-1', 'page-2', 'page-3']) await host.run('sequence', 1, id);
  const first = await call('GET', 'instances/?instanceIdPrefix=page-&top=2&runtimeStatus=Completed,Failed');
  const ids = async (response: Response) =>
    ((await response.json()) as { instanceId: string }[]).map((each) => each.instanceId);
  const token = first.headers.get('x-ms-continuation-token')!;
  expect(await ids(first)).toEqual(['page-1', 'page-2']);
  const second = await call('GET', 'instances/?instanceIdPrefix=page-&top=2', undefined, {
    'x-ms-continuation-token': token,
  });
  expect(await ids(second)).toEqual(['page-3']);
  expect(second.headers.get('x-ms-continuation-token')).toBeNull();
  const none = await call('GET', 'instances/?instanceIdPrefix=page-&createdTimeTo=2020-01-01T00:00:00Z');
  expect(await ids(none)).toEqual([]);
});

it('purges by time and status', async () => {
  await host.run('failing', undefined, 'purged');
  expect((await call('DELETE', 'instances/?runtimeStatus=Failed')).status).toBe(400);
  const response = await call('DELETE', 'instances/?runtimeStatus=Failed&createdTimeFrom=2020-01-01T00:00:00Z');
  expect(await response.json()).toEqual({ instancesDeleted: 1 });
  expect((await call('GET', 'instances/purged')).status).toBe(404);
});

it('refuses input that is not JSON or that strict mode refuses', async () => {
  const url = `${host.url}/runtime/webhooks/durabletask/orchestrators/sequence?code=${host.managementKey}`;
  expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400);
  const refused = await call('POST', 'orchestrators/sequence', { Timestamp: 'x' });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ ExceptionMessage: expect.stringContaining('"Timestamp"') });
});

it('signals and reads entities', async () => {
  expect((await call('POST', 'entities/Counter/web?op=add', 4)).status).toBe(202);
  await host.idle();
  expect(await (await call('GET', 'entities/counter/web')).json()).toBe(4);
  expect((await call('GET', 'entities/Counter/nobody')).status).toBe(404);
  const list = (await (await call('GET', 'entities/Counter')).json()) as { entityId: unknown }[];
  expect(list.map((each) => each.entityId)).toContainEqual({ name: 'counter', key: 'web' });
});

it('does not know other paths and methods', async () => {
  for (const [method, path] of [
    ['PUT', 'instances/linked'],
    ['GET', 'orchestrators/sequence'],
    ['POST', 'instances/linked/explode'],
    ['GET', 'else'],
    ['DELETE', 'entities/counter/web'],
  ] as const) {
    expect((await call(method, path)).status).toBe(404);
  }
});

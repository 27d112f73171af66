import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMENT_CHARACTERS, publishComment, publishTask, updateIncident } from '../../../lib/sentinel/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, type Reply, startLoopback } from '../../support/cloud/loopback-server.ts';
import { INCIDENT_ID } from '../../support/cloud/sentinel-payloads.ts';

const PATH = INCIDENT_ID.replace('Incidents', 'incidents');
let server: LoopbackServer;
let stored: Map<string, { properties: Record<string, unknown> }>;
let etag = 1;
let incident: Record<string, unknown>;

beforeEach(async () => {
  stored = new Map();
  incident = {
    title: 'Credential dumping',
    severity: 'Low',
    status: 'New',
    labels: [{ labelName: 'red team', labelType: 'User' }],
    description: 'd',
    incidentNumber: 3,
  };
  server = await startLoopback(({ method, path, query, json }): Reply => {
    if (query.get('api-version') !== '2025-09-01')
      return { status: 400, json: { error: { code: 'NoApiVersion', message: 'x' } } };
    if (path === PATH) {
      if (method === 'GET') return { json: { id: INCIDENT_ID, etag: `"${etag}"`, properties: incident } };
      const body = json() as { etag: string; properties: Record<string, unknown> };
      if (body.etag !== `"${etag}"`)
        return { status: 412, json: { error: { code: 'PreconditionFailed', message: 'changed' } } };
      etag++;
      incident = body.properties;
      return { json: { properties: incident } };
    }
    if (method === 'PUT') stored.set(path, json() as { properties: Record<string, unknown> });
    const found = stored.get(path);
    return found
      ? { status: method === 'PUT' ? 201 : 200, json: found }
      : { status: 404, json: { error: { code: 'NotFound', message: 'x' } } };
  });
});
afterEach(() => server.close());

const connect = (workspaces = '') => testConnections(`endpoints: { resourceManager: '${server.url}' }\n${workspaces}`);
const comment = (connections = connect(), message = '<p>done</p>') =>
  publishComment({ connections, armId: INCIDENT_ID, investigationId: 'inv-1', message });

describe('publishing to an incident', () => {
  it('writes one comment, whatever happens', async () => {
    const first = await comment();
    expect(first).toMatchObject({
      written: true,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    expect(await comment()).toEqual({ id: first.id, written: false });
    expect(await comment(connect(), '<p>other words</p>')).toEqual({ id: first.id, written: false });
    expect([...stored.entries()]).toEqual([
      [`${PATH}/comments/${first.id}`, { properties: { message: '<p>done</p>' } }],
    ]);
    const other = await publishComment({
      connections: connect(),
      armId: INCIDENT_ID,
      investigationId: 'inv-2',
      message: 'x',
    });
    expect(other.id).not.toBe(first.id);
    expect(server.received[0]?.headers.authorization).toContain(`for-${server.url}/.default`);
  });

  it('waits on throttling and outages, and takes a lost answer for none', async () => {
    const connections = connect();
    server.next(
      { status: 429, headers: { 'retry-after': '3' }, json: {} },
      { status: 404, json: {} },
      { json: { properties: incident } },
      { status: 503, body: 'busy' },
      { status: 409, json: { error: { code: 'Conflict', message: 'being changed' } } },
      { status: 201, json: { properties: {} }, cutAfter: 5 },
    );
    expect(await comment(connections)).toMatchObject({ written: true });
    expect(connections.pauses[0]).toBe(3000);
    expect(stored.size).toBe(1);
  });

  it('cuts a long comment so that it stays whole HTML', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => `<tr><td>row ${n}</td></tr>`).join('');
    await comment(connect(), `<p>top</p><table><tbody>${rows}</tbody></table>`);
    const message = [...stored.values()][0]?.properties['message'] as string;
    expect(message.length).toBeLessThanOrEqual(COMMENT_CHARACTERS);
    expect(message).toMatch(/^<p>top<\/p><table>.*<\/tr><\/tbody><\/table><p>… the comment was cut/);
  });

  it('adds labels and severity, keeping what is there and yielding to others', async () => {
    const options = { connections: connect(), armId: INCIDENT_ID };
    server.next({ json: { etag: '"old"', properties: incident } });
    expect(await updateIncident(options, { addLabels: ['trailhound', 'Red Team'], severity: 'High' })).toBe(true);
    expect(incident).toMatchObject({
      title: 'Credential dumping',
      description: 'd',
      severity: 'High',
      labels: [{ labelName: 'red team' }, { labelName: 'trailhound', labelType: 'User' }],
    });
    expect(incident).not.toHaveProperty('incidentNumber');
    expect(await updateIncident(options, { addLabels: ['trailhound'] })).toBe(false);
  });

  it('writes a task once', async () => {
    const task = {
      connections: connect(),
      armId: INCIDENT_ID,
      investigationId: 'inv-1',
      title: 'Isolate ws-17',
      description: 'Because.',
    };
    expect((await publishTask(task)).written).toBe(true);
    expect((await publishTask(task)).written).toBe(false);
    expect([...stored.values()][0]?.properties).toEqual({
      title: 'Isolate ws-17',
      description: 'Because.',
      status: 'New',
    });
  });

  it('says which role is missing, that an incident is gone, and refuses what is not ours', async () => {
    server.next({ status: 403, json: { error: { code: 'AuthorizationFailed', message: 'no' } } });
    await expect(comment()).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('Microsoft Sentinel Responder') as string,
    });
    server.next({ status: 404, json: {} }, { status: 404, json: { error: { code: 'NotFound', message: 'gone' } } });
    await expect(comment()).rejects.toMatchObject({ code: 'not-found' });
    const foreign = connect(`workspaces:
  - { name: a, workspaceId: 11111111-2222-3333-4444-555555555555, subscriptionId: 33333333-2222-3333-4444-555555555555, resourceGroup: rg, workspaceName: other }`);
    await expect(comment(foreign)).rejects.toThrow('which the settings do not have');
    await expect(
      publishComment({ connections: connect(), armId: '/subscriptions/../x', investigationId: 'i', message: 'm' }),
    ).rejects.toThrow('not the ARM id');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackServer, startLoopback } from '../support/cloud/loopback-server.ts';
import { incidentPayload } from '../support/cloud/sentinel-payloads.ts';
import { processEvents } from '../support/process-events.ts';
import { finished, type Served, serve, until } from '../support/serve.ts';

describe('the Sentinel trigger', () => {
  let served: Served;
  let azure: LoopbackServer;
  let data: string;
  const comments = () => azure.received.filter(({ method, path }) => method === 'PUT' && /\/comments\//.test(path));
  const send = async (payload: unknown) => {
    const response = await fetch(`${served.url}/api/sentinel/incident`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    return {
      status: response.status,
      body: (await response.json()) as { id: string; isNew: boolean; error?: { code: string } },
    };
  };

  beforeAll(async () => {
    const written = new Map<string, unknown>();
    // The managed identity's endpoint and Azure Resource Manager, as they answer on the wire.
    azure = await startLoopback(({ method, path, json }) => {
      if (path === '/msi/token') {
        return {
          json: {
            access_token: 'loopback-token',
            expires_on: String(Math.floor(Date.now() / 1000) + 3600),
            token_type: 'Bearer',
          },
        };
      }
      if (!/\/comments\//.test(path))
        return { json: { etag: '"1"', properties: { title: 'Credential dumping on ws-17' } } };
      if (method === 'GET')
        return written.has(path) ? { json: written.get(path) } : { status: 404, json: { error: { code: 'NotFound' } } };
      written.set(path, json());
      return { status: 201, json: json() };
    });
    data = await mkdtemp(join(tmpdir(), 'trailhound-data-'));
    await writeFile(
      join(data, 'sysmon.jsonl'),
      processEvents().replaceAll('2026-03-04 05:', '2024-05-01 09:').replaceAll('2026-03-04T05:', '2024-05-01T09:'),
    );
    served = await serve({
      env: {
        IDENTITY_ENDPOINT: `${azure.url}/msi/token`,
        IDENTITY_HEADER: 'loopback',
        TRAILHOUND__endpoints__resourceManager: azure.url,
        TRAILHOUND__dataPaths: JSON.stringify([data]),
        TRAILHOUND__sentinel__playbookRules: JSON.stringify([
          { when: { tactic: 'CredentialAccess' }, playbook: 'encoded-commands' },
        ]),
      },
    });
  });
  afterAll(async () => {
    await served.stop();
    await azure.close();
    await rm(data, { recursive: true });
  });

  it('investigates an incident, and leaves one comment however often it is told of it', async () => {
    const first = await send(incidentPayload());
    expect(first).toMatchObject({ status: 202, body: { isNew: true } });
    const document = await finished(served.url, first.body.id);
    expect(document).toMatchObject({ status: 'completed', playbook: 'encoded-commands' });
    expect(document['timeRange']).toMatchObject({ start: '2024-04-30T09:00:00.0000000Z' });
    await until(async () => (comments().length > 0 ? true : undefined));
    const { properties } = comments()[0]!.json() as { properties: { message: string } };
    expect(properties.message).toContain('Trailhound: encoded-commands');
    expect(properties.message).toContain('powershell.exe');

    expect(await send(incidentPayload())).toMatchObject({ status: 202, body: { id: first.body.id, isNew: false } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(comments()).toHaveLength(1);
  }, 60_000);

  it('starts another investigation when the incident has grown', async () => {
    const grown = incidentPayload() as { object: { properties: { relatedEntities: unknown[] } } };
    grown.object.properties.relatedEntities.push({ id: 'x', kind: 'Ip', properties: { address: '198.51.100.99' } });
    const { body } = await send(grown);
    expect(body.isNew).toBe(true);
    expect((await finished(served.url, body.id)).status).toBe('completed');
    await until(async () => (comments().length === 2 ? true : undefined));
  }, 60_000);

  it('refuses what is no payload', async () => {
    expect(await send({ hello: 1 })).toMatchObject({ status: 400, body: { error: { code: 'usage' } } });
  });
});

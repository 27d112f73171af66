import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspectParquet, parquetSource, toRows } from '../../lib/tables/index.ts';
import { type LoopbackServer, type Received, type Reply, startLoopback } from '../support/cloud/loopback-server.ts';
import { finished, type Served, serve } from '../support/serve.ts';

const WORKSPACES = {
  soc: '11111111-2222-3333-4444-555555555555',
  ot: '66666666-2222-3333-4444-555555555555',
};
const ROWS = 60_000;

function answer({ path }: Received): Reply {
  if (path === '/msi/token') {
    const expires = String(Math.floor(Date.now() / 1000) + 3600);
    return { json: { access_token: 'loopback-token', expires_on: expires, token_type: 'Bearer' } };
  }
  const columns = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Number', type: 'long' },
  ];
  const first = path.includes(WORKSPACES.ot) ? ROWS : 0;
  const rows = Array.from({ length: ROWS }, (_, row) => ['2026-03-04T01:00:00.0000001Z', first + row]);
  return { json: { tables: [{ name: 'PrimaryResult', columns, rows }] } };
}

let service: LoopbackServer;
let served: Served;
let scratch: string;
beforeAll(async () => {
  service = await startLoopback(answer);
  scratch = await mkdtemp(join(tmpdir(), 'trailhound-large-answer-'));
  await writeFile(
    join(scratch, 'both.yaml'),
    'name: both-workspaces\nsteps:\n  events: { verb: query.run, with: { provider: both, table: SecurityEvent } }\n',
  );
  const workspaces = Object.entries(WORKSPACES).map(([name, workspaceId]) => ({ name, workspaceId }));
  served = await serve({
    env: {
      IDENTITY_ENDPOINT: `${service.url}/msi/token`,
      IDENTITY_HEADER: 'loopback',
      TRAILHOUND__endpoints__logAnalytics: service.url,
      TRAILHOUND__workspaces: JSON.stringify(workspaces),
      TRAILHOUND__providers: JSON.stringify({ both: { type: 'log-analytics', workspaces: Object.keys(WORKSPACES) } }),
    },
  });
});
afterAll(async () => {
  await served.stop();
  await service.close();
  await rm(scratch, { recursive: true });
});

it('answers too large for one file are a table of several parts, in order', async () => {
  const response = await fetch(`${served.url}/api/investigations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      playbook: join(scratch, 'both.yaml'),
      id: 'two-workspaces',
      timeRange: { start: '2026-03-04T00:00:00Z', end: '2026-03-04T02:00:00Z' },
    }),
  });
  expect(response.status).toBe(202);
  const document = (await finished(served.url, 'two-workspaces')) as unknown as {
    steps: { name: string; status: string; rowsOut: number; partial: boolean }[];
    tables: { name: string; rows: number; parts: { path: string; rows: number }[] }[];
    warnings: unknown[];
  };
  expect(document.steps).toMatchObject([{ name: 'events', status: 'succeeded', rowsOut: 2 * ROWS, partial: false }]);
  expect(document.warnings).toEqual([]);
  expect(document.tables).toMatchObject([{ rows: 2 * ROWS, parts: [{ rows: ROWS }, { rows: ROWS }] }]);
  const parts = [];
  for (const { path } of document.tables[0]!.parts) parts.push(...(await inspectParquet(path)).parts);
  const { schema } = await inspectParquet(parts[0]!.path);
  const taken = await parquetSource({ schema, parts }, 'events').take([0, ROWS - 1, ROWS, 2 * ROWS - 1]);
  expect(toRows(taken).map((row) => [row['Number'], row['Workspace']])).toEqual([
    [0n, 'soc'],
    [BigInt(ROWS - 1), 'soc'],
    [BigInt(ROWS), 'ot'],
    [BigInt(2 * ROWS - 1), 'ot'],
  ]);
}, 120_000);

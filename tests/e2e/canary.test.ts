import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LoopbackServer, type Reply, startLoopback } from '../support/cloud/loopback-server.ts';
import { finished, type Served, serve } from '../support/serve.ts';

const WORKSPACE = '11111111-2222-3333-4444-555555555555';
/** Secrets that are easy to find: of the environment, of a vault, of the settings themselves, and a token. */
const CANARIES = {
  SPLUNK_TOKEN: 'canary-splunk-5f2c9a',
  ELASTIC_KEY: 'canary-elastic-77ab10',
  VT_KEY: 'canary-virustotal-0d93e1',
  IDENTITY_HEADER: 'canary-identity-header-41aa',
};
const LITERAL = 'canary-literal-c0ffee';
const TOKEN = 'canary-bearer-9b8d7c';

/** Every service repeats in its errors what it was sent, as careless ones do. */
function echo({
  path,
  headers,
  url,
  body,
}: {
  path: string;
  url: string;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}): Reply {
  if (path === '/msi/token') {
    const expires = String(Math.floor(Date.now() / 1000) + 3600);
    return { json: { access_token: TOKEN, expires_on: expires, token_type: 'Bearer' } };
  }
  if (path.endsWith('/query') && headers.authorization === `Bearer ${TOKEN}`) {
    const rows = [['2026-03-04T00:00:00Z', 'https://evil.contoso.com/x']];
    const columns = ['TimeGenerated', 'Message'].map((name, index) => ({
      name,
      type: index === 0 ? 'datetime' : 'string',
    }));
    return { json: { tables: [{ name: 'PrimaryResult', columns, rows }] } };
  }
  const message = `refused: ${JSON.stringify(headers)} ${url} ${body.toString().slice(0, 2000)}`;
  return { status: 403, json: { error: { code: 'Forbidden', message } } };
}

let service: LoopbackServer;
let served: Served;
let scratch: string;
beforeAll(async () => {
  service = await startLoopback(echo);
  scratch = await mkdtemp(join(tmpdir(), 'trailhound-canary-'));
  const settings = `
endpoints: { logAnalytics: '${service.url}', graph: '${service.url}' }
workspaces: [{ name: soc, workspaceId: ${WORKSPACE} }]
providers:
  splunk: { type: splunk, url: '${service.url}', token: env:SPLUNK_TOKEN }
  elastic: { type: elastic, url: '${service.url}', apiKey: env:ELASTIC_KEY }
  other: { type: splunk, url: '${service.url}', token: ${LITERAL} }
threatIntel:
  virustotal: { key: env:VT_KEY, url: '${service.url}' }
`;
  await writeFile(join(scratch, 'trailhound.yaml'), settings);
  await writeFile(
    join(scratch, 'all.yaml'),
    `name: canary
steps:
  logs: { verb: query.run, with: { provider: log-analytics, kql: T } }
  splunk: { verb: query.run, with: { provider: splunk, table: main } }
  other: { verb: query.run, with: { provider: other, table: main } }
  elastic: { verb: query.run, with: { provider: elastic, table: logs } }
  hunting: { verb: query.run, with: { provider: defender-xdr, kql: T } }
  iocs: { verb: extract.iocs, from: logs, with: { columns: [Message] } }
  verdicts: { verb: lookup.threat-intel, from: iocs }
`,
  );
  served = await serve({
    env: {
      ...CANARIES,
      IDENTITY_ENDPOINT: `${service.url}/msi/token`,
      TRAILHOUND_SETTINGS_FILE: join(scratch, 'trailhound.yaml'),
    },
  });
});
afterAll(async () => {
  await served.stop();
  await service.close();
  await rm(scratch, { recursive: true });
});

/** Every place below a folder where one of the texts stands; compressed parts are looked into. */
function places(folder: string, texts: readonly string[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    const parts = [content.toString('latin1'), ...decompressed(content)];
    for (const text of texts) if (parts.some((part) => part.includes(text))) found.push(`${path}: ${text}`);
  }
  return found;
}

/** The zstd frames of a Parquet file. */
function decompressed(content: Buffer): string[] {
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  const found: string[] = [];
  for (let at = content.indexOf(magic); at >= 0; at = content.indexOf(magic, at + 1)) {
    try {
      found.push(zstdDecompressSync(content.subarray(at)).toString('latin1'));
    } catch {
      // Not a frame, or one with something behind it that is none.
    }
  }
  return found;
}

it('no secret is in an answer, a blob, the history, a log or an error, though every service repeats what it was sent', async () => {
  const headers = { 'content-type': 'application/json' };
  const body = {
    playbook: join(scratch, 'all.yaml'),
    id: 'canary',
    timeRange: { start: '2026-03-04T00:00:00Z', end: '2026-03-05T00:00:00Z' },
  };
  const response = await fetch(`${served.url}/api/investigations`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const started = (await response.json()) as { id: string };
  expect(response.status, JSON.stringify(started)).toBe(202);
  const document = (await finished(served.url, started.id)) as unknown as {
    steps: { name: string; status: string; error: { message: string } | null }[];
  };
  const byName = Object.fromEntries(document.steps.map((step) => [step.name, step]));
  expect(byName['logs']?.status).toBe('succeeded');
  for (const name of ['splunk', 'other', 'elastic', 'hunting']) {
    expect(byName[name], name).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('refused') as string },
    });
    expect(byName[name]?.error?.message).toContain('[secret]');
  }
  expect(service.received.some(({ headers: sent }) => JSON.stringify(sent).includes(CANARIES.VT_KEY))).toBe(true);

  const secrets = [...Object.values(CANARIES), LITERAL, TOKEN];
  const answers = await Promise.all(
    ['', `/${started.id}`, `/${started.id}/artifacts/report.html`].map(async (path) =>
      (await fetch(`${served.url}/api/investigations${path}`)).text(),
    ),
  );
  for (const secret of secrets) {
    expect(answers.join('\n')).not.toContain(secret);
    expect(served.output()).not.toContain(secret);
  }
  // What the search finds when there is something to find.
  expect(places(served.folder, ['evil.contoso.com'])).not.toEqual([]);
  expect(places(served.folder, secrets)).toEqual([]);
}, 90_000);

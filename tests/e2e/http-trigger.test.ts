import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentSchema } from '../../lib/investigation/index.ts';
import { processEvents } from '../support/process-events.ts';
import { finished, type Served, serve } from '../support/serve.ts';

describe('the HTTP trigger', () => {
  let served: Served;
  let data: string;
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${served.url}/api/investigations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'trailhound-data-'));
    await writeFile(join(data, 'sysmon.jsonl'), processEvents());
    served = await serve({ env: { TRAILHOUND__dataPaths: JSON.stringify([data]) } });
  });
  afterAll(async () => {
    await served.stop();
    await rm(data, { recursive: true });
  });

  it('starts an investigation that ends in a document, tables, pictures and a report', async () => {
    const response = await post({ playbook: 'host-triage', inputs: {} });
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: string };
    expect(response.headers.get('location')).toBe(`/api/investigations/${id}`);
    const document = documentSchema.parse(await finished(served.url, id));
    expect(document.status).toBe('completed');
    expect(document.steps.filter((step) => step.status === 'failed')).toEqual([]);
    expect(document.tables.find((table) => table.name === 'decoded')?.rows).toBe(1);
    expect(JSON.stringify(document.findings)).toContain('198.51.100.7');

    const report = await fetch(`${served.url}/api/investigations/${id}/files/report.html`);
    expect(report.headers.get('content-type')).toMatch(/text\/html/);
    expect(report.headers.get('content-security-policy')).toMatch(/sandbox/);
    expect(await report.text()).toContain('198.51.100.7');
    const picture = document.artifacts.find((artifact) => artifact.kind === 'png')!;
    const png = await fetch(`${served.url}/api/investigations/${id}/artifacts/${picture.name}.png`);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await png.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');

    const list = (await (await fetch(`${served.url}/api/investigations`)).json()) as {
      investigations: { id: string }[];
    };
    expect(list.investigations.map((each) => each.id)).toContain(id);
    const history = (await (await fetch(`${served.url}/api/investigations/${id}/history`)).json()) as {
      events: unknown[];
    };
    expect(history.events.length).toBeGreaterThan(3);
  }, 60_000);

  it('gives the same id for the same Idempotency-Key, and refuses another request under it', async () => {
    const first = await post({ playbook: 'encoded-commands' }, { 'idempotency-key': 'alpha' });
    const second = await post({ playbook: 'encoded-commands' }, { 'idempotency-key': 'alpha' });
    const [a, b] = [(await first.json()) as { id: string }, (await second.json()) as { id: string; isNew: boolean }];
    expect(b).toMatchObject({ id: a.id, isNew: false });
    const other = await post({ playbook: 'host-triage' }, { 'idempotency-key': 'alpha' });
    expect(other.status).toBe(409);
    expect((await finished(served.url, a.id)).status).toBe('completed');
  }, 60_000);

  it('lists every problem of a bad request', async () => {
    const response = await post({ playbok: 'x', timeRange: { start: 'yesterday' }, id: 'No' });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { problems: { field: string; example: string }[] } };
    expect(error.problems.map(({ field }) => field).sort()).toEqual([
      'id',
      'playbok',
      'playbook',
      'timeRange.end',
      'timeRange.start',
    ]);
    expect((await post('{"playbook":')).status).toBe(400);
    expect((await post([])).status).toBe(400);
    expect((await post({ playbook: 'no-such-playbook' })).status).toBe(404);
    expect((await post({ playbook: 'host-triage', inputs: { hots: 'x' } })).status).toBe(400);
  });

  it('answers 404 for what is not there', async () => {
    for (const path of [
      'investigations/nothing-here',
      'investigations/..%2f..',
      'investigations/nothing-here/artifacts/x.png',
      'catalog/nothing',
    ]) {
      expect((await fetch(`${served.url}/api/${path}`)).status, path).toBe(404);
    }
    expect((await fetch(`${served.url}/api/investigations/nothing-here`, { method: 'DELETE' })).status).toBe(404);
  });

  it('cancels', async () => {
    const { id } = (await (await post({ playbook: 'host-triage', id: 'to-be-cancelled' })).json()) as { id: string };
    expect((await fetch(`${served.url}/api/investigations/${id}`, { method: 'DELETE' })).status).toBe(202);
    expect(['cancelled', 'completed']).toContain((await finished(served.url, id)).status);
  }, 60_000);
});

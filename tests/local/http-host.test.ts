import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHost, type TestHost } from './support/hosts.ts';

let host: TestHost;
let port: number;
const scope = globalThis as { hostEvents?: string[] };
beforeAll(async () => {
  scope.hostEvents = [];
  host = await startTestHost('web', {
    settings: { GIVEN: 'a setting' },
    limits: { maxBodyInBytes: 1000, headersTimeoutInMs: 200, requestTimeoutInMs: 300 },
  });
  port = Number(new URL(host.url).port);
});
afterAll(() => host.stop());

const get = (path: string, init?: RequestInit) => fetch(`${host.url}/api/${path}`, init);

/** A request with headers that fetch would not send. */
function raw(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    sent.on('error', reject).end();
  });
}

/** Sends bytes and gives what comes back until the connection is closed. */
function talk(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

describe('HTTP functions', () => {
  it('get method, address, parameters, query, headers and body, and set status, headers and cookies', async () => {
    const response = await get('echo/a%20word/7?q=1&q=2&e=', {
      method: 'POST',
      body: '{"b":1}',
      headers: { 'x-header': 'h' },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.get('set-cookie')).toBe('c=a%20b; Path=/; HttpOnly; SameSite=Strict');
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${host.url}/api/echo/a%20word/7?q=1&q=2&e=`,
      params: { word: 'a word', number: '7' },
      query: { q: '1,2', e: '' },
      header: 'h',
      body: '{"b":1}',
    });
  });

  it('are found by the most literal route, and not at all with a wrong type, method or name', async () => {
    expect(await (await get('echo/special')).text()).toBe('special');
    expect((await get('echo/a/notanumber')).status).toBe(404);
    expect((await get('echo/a', { method: 'DELETE' })).status).toBe(404);
    expect((await get('nobody')).status).toBe(404);
    expect(await (await get('files/a/b%2Fc.txt')).text()).toBe('a/b/c.txt');
  });

  it('may return nothing or bytes', async () => {
    const nothing = await get('nothing');
    expect([nothing.status, await nothing.text()]).toEqual([204, '']);
    expect(new Uint8Array(await (await get('bytes')).arrayBuffer())).toEqual(Uint8Array.of(0, 255, 1));
  });

  it('that throw are 500 without the error’s text, which is logged', async () => {
    const response = await get('broken');
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(host.lines.join('\n')).toContain('error: broken: Error: broken, with a secret in its text');
  });

  it('use the durable client', async () => {
    const response = await get('start', { method: 'POST', body: '"you"' });
    expect(await response.json()).toBe('hello you');
  });

  it('find the settings that were given, and the host’s name', async () => {
    expect(await (await get('settings')).json()).toEqual({ given: 'a setting', name: `127.0.0.1:${port}` });
  });

  it('log through the host', async () => {
    await get('logs');
    expect(host.lines).toContain('warning: logs: a warning of the app');
  });
});

describe('hooks', () => {
  it('run at the start, and may replace a callback, an error and a result', async () => {
    expect(await (await get('seen')).json()).toEqual(['appStart']);
    expect(await (await get('replaced')).text()).toBe('replaced');
    expect(await (await get('rescued')).text()).toBe('rescued, true');
  });
});

describe('the server', () => {
  it.each([
    ['a name bound to the loopback address', { host: 'attacker.example' }],
    ['another port', { host: '127.0.0.1:1' }],
  ])('refuses a Host header with %s', async (_what, headers) => {
    expect((await raw('/api/seen', headers)).status).toBe(403);
  });

  it.each(['http://attacker.example', 'https://127.0.0.1', 'null'])('refuses the origin %s', async (origin) => {
    const { status, body } = await raw('/api/seen', { host: `127.0.0.1:${port}`, origin });
    expect([status, body]).toEqual([403, expect.stringContaining('other origins')]);
  });

  it('answers its own pages, by each loopback name', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` };
      expect((await raw('/api/seen', headers)).status).toBe(200);
    }
    const cross = { host: `127.0.0.1:${port}`, 'sec-fetch-site': 'cross-site' };
    expect((await raw('/api/seen', cross)).status).toBe(403);
  });

  it('refuses a body that is larger than its bound, whether or not its length is told', async () => {
    const body = 'x'.repeat(2000);
    expect((await get('echo/a', { method: 'POST', body })).status).toBe(413);
    const chunked = `POST /api/echo/a HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n${body}\r\n0\r\n\r\n`;
    expect(await talk(chunked)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('cuts off clients that are slow with the head or the body', async () => {
    expect(await talk('GET /api/seen HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1\.1 408 /);
    const slow = `POST /api/echo/a HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 10\r\n\r\nxx`;
    expect(await talk(slow)).not.toMatch(/ 201 /);
  });

  it('does not show the durable management API, and gives the client’s own path to nobody else', async () => {
    expect((await fetch(`${host.url}/runtime/webhooks/durabletask/instances/`)).status).toBe(404);
    expect((await fetch(`${host.url}/durabletask/instances/`)).status).toBe(404);
  });

  it('refuses a port that is in use', async () => {
    await expect(startTestHost('web', { port })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('tells the app that it ends', async () => {
    await host.stop();
    expect(scope.hostEvents).toContain('appTerminate');
  });
});

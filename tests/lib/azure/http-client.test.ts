import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../lib/azure/http-client.ts';
import { readServiceError } from '../../../lib/azure/http-error.ts';
import { clientEndpoint } from '../../../lib/azure/loopback-transport.ts';
import { pauseInMs, RETRY_RULES, retryAfterInMs } from '../../../lib/azure/retry.ts';
import { type LoopbackServer, startLoopback } from '../../support/cloud/loopback-server.ts';

let server: LoopbackServer;
beforeAll(async () => {
  server = await startLoopback(() => ({ json: { ok: true } }));
});
afterAll(() => server.close());
const client = (more: object = {}) =>
  createHttpClient({ service: 'Test', baseUrl: server.url, sleep: async () => undefined, ...more });

describe('the HTTP client', () => {
  it('sends a request that is not repeatable once, unless it was turned away', async () => {
    server.next({ status: 500, body: 'x' });
    await expect(client().json({ method: 'POST', url: 'a' })).rejects.toMatchObject({ code: 'unavailable' });
    server.next({ status: 429, headers: { 'retry-after': '0' }, json: {} });
    expect(await client().json({ method: 'POST', url: 'a' })).toEqual({ ok: true });
  });

  it('gives up after its tries, and in bounded time', async () => {
    let now = 0;
    const before = server.received.length;
    server.next(...Array.from({ length: 6 }, () => ({ status: 503, body: '' })));
    await expect(client().json({ method: 'GET', url: 'a' })).rejects.toThrow('503');
    expect(server.received.length - before).toBe(6);
    server.next(...Array.from({ length: 3 }, () => ({ status: 503, headers: { 'retry-after': '50' }, body: '' })));
    const sleep = async (wait: number) => {
      now += wait;
    };
    const slow = client({ clockInMs: () => now, sleep });
    await expect(slow.json({ method: 'GET', url: 'a' })).rejects.toThrow('503');
    expect(now).toBe(100_000);
  });

  it('follows no redirect, for a token would go along', async () => {
    server.next({ status: 302, headers: { location: 'https://elsewhere.example/' }, body: '' });
    await expect(client().json({ method: 'GET', url: 'a' })).rejects.toThrow('302');
  });

  it('refuses plain http beyond this machine, and shows no query', async () => {
    await expect(client().json({ method: 'GET', url: 'http://contoso.example/a?key=canary' })).rejects.toThrow(
      'by https',
    );
    server.next({ status: 404, json: {} });
    const error = (await client()
      .json({ method: 'GET', url: 'a?key=canary' })
      .catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).not.toContain('canary');
  });

  it('bounds what it reads', async () => {
    server.next({ body: 'x'.repeat(10_000) });
    await expect(client().send({ method: 'GET', url: 'a', maxBytes: 1000 })).rejects.toMatchObject({ code: 'limit' });
  });

  it('reads waits in seconds, as a date, and in milliseconds', () => {
    const of = (name: string, value: string) => retryAfterInMs(new Headers({ [name]: value }), Date.UTC(2024, 0, 1));
    expect(of('retry-after', '7')).toBe(7000);
    expect(of('retry-after', 'Mon, 01 Jan 2024 00:00:09 GMT')).toBe(9000);
    expect(of('x-ms-retry-after-ms', '250')).toBe(250);
    expect(of('retry-after', 'soon')).toBeUndefined();
    expect(pauseInMs(1, RETRY_RULES, () => 1)).toBe(500);
    expect(pauseInMs(20, RETRY_RULES, () => 1)).toBe(30_000);
  });

  it('finds the telling part of an error', () => {
    expect(readServiceError('{"error":{"code":"A","message":"m","innererror":{"code":"B","message":"n"}}}')).toEqual({
      code: 'B',
      message: 'm: n',
    });
    expect(readServiceError('{"messages":[{"type":"FATAL","text":"no such index"}]}')).toEqual({
      code: 'FATAL',
      message: 'no such index',
    });
    expect(readServiceError('<html><body>Sign <b>in</b></body></html>')).toEqual({ message: 'Sign in' });
  });

  it('shows loopback to Azure clients as https, and nothing else', () => {
    expect(clientEndpoint('http://127.0.0.1:8080/x').url).toBe('https://127.0.0.1:8080/x');
    expect(clientEndpoint('http://contoso.example').transport).toEqual({});
    expect(clientEndpoint('https://127.0.0.1').transport).toEqual({});
  });
});

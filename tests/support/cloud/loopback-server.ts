import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a handler sees it. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  json(): unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  /** Sends this many bytes of the body and then cuts the connection. */
  readonly cutAfter?: number;
  readonly delayInMs?: number;
}

export interface LoopbackServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers of the next requests, before the handler is asked again. */
  next(...replies: Reply[]): void;
  close(): Promise<void>;
}

/** A service on 127.0.0.1 that answers as the handler says and remembers what it was asked. */
export async function startLoopback(handler: (request: Received) => Reply | Promise<Reply>): Promise<LoopbackServer> {
  const received: Received[] = [];
  const queued: Reply[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = Buffer.concat(chunks);
    const seen: Received = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
      json: () => JSON.parse(body.toString('utf8')) as unknown,
    };
    received.push(seen);
    const reply = queued.shift() ?? (await handler(seen));
    if (reply.delayInMs) await new Promise((resolve) => setTimeout(resolve, reply.delayInMs));
    const content = reply.body ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
    const bytes = Buffer.from(content as string);
    response.writeHead(reply.status ?? 200, {
      ...(reply.json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      'content-length': String(bytes.length),
      ...reply.headers,
    });
    if (reply.cutAfter === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, reply.cutAfter), () => response.destroy());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    next: (...replies) => queued.push(...replies),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

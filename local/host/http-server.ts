import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TrailhoundError, toErrorInfo } from '../../lib/errors.ts';
import { type HostRequest, type HostResponse, jsonResponse, type RequestHandler } from './http-types.ts';
import { refusalOf } from './request-guard.ts';

/** The bounds on what a client may send and how slowly. */
export interface HttpLimits {
  readonly maxBodyInBytes: number;
  /** For a whole request, head and body. */
  readonly requestTimeoutInMs: number;
  readonly headersTimeoutInMs: number;
  /** For a connection on which nothing moves, such as that of a client that does not read its answer. */
  readonly idleTimeoutInMs: number;
  readonly maxConnections: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBodyInBytes: 100 * 1024 * 1024,
  requestTimeoutInMs: 30_000,
  headersTimeoutInMs: 10_000,
  idleTimeoutInMs: 300_000,
  maxConnections: 256,
};

/** The host's HTTP server on the loopback address. It listens first and is given its handlers later. */
export class HttpServer {
  readonly #server: Server;
  readonly #limits: HttpLimits;
  #handlers: readonly RequestHandler[] = [];
  #port = 0;

  constructor(limits: Partial<HttpLimits> = {}) {
    this.#limits = { ...DEFAULT_HTTP_LIMITS, ...limits };
    this.#server = createServer(
      {
        requestTimeout: this.#limits.requestTimeoutInMs,
        headersTimeout: this.#limits.headersTimeoutInMs,
        connectionsCheckingInterval: Math.min(1000, this.#limits.headersTimeoutInMs),
      },
      (request, response) => void this.#handle(request, response),
    );
    this.#server.maxConnections = this.#limits.maxConnections;
    this.#server.setTimeout(this.#limits.idleTimeoutInMs);
    // Not shorter: a caller that asks every few seconds would now and then meet a connection that is just being closed.
    this.#server.keepAliveTimeout = this.#limits.idleTimeoutInMs;
  }

  get port(): number {
    return this.#port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @throws {TrailhoundError} `conflict` when the port is taken */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const isTaken = error.code === 'EADDRINUSE';
        reject(
          isTaken ? new TrailhoundError('conflict', `port ${port} is in use`, { hint: 'Choose another port.' }) : error,
        );
      });
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Until then every request is answered 503. */
  handleWith(handlers: readonly RequestHandler[]): void {
    this.#handlers = handlers;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request);
      response.writeHead(answer.status, answer.headers);
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    } catch (thrown) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const { code, message } = toErrorInfo(thrown);
      const answer = jsonResponse(code === 'limit' ? 413 : 500, { error: { code, message } });
      response.writeHead(answer.status, { ...answer.headers, connection: 'close' });
      response.end(answer.body);
    }
  }

  async #answer(incoming: IncomingMessage): Promise<HostResponse> {
    const refusal = refusalOf(incoming, this.#port);
    if (refusal) return jsonResponse(403, { error: { code: 'unauthorized', message: refusal } });
    if (this.#handlers.length === 0) return { status: 503, headers: { 'retry-after': '1' } };
    const path = incoming.url ?? '/';
    if (!path.startsWith('/')) return { status: 400 };
    const request: HostRequest = {
      method: incoming.method ?? 'GET',
      url: new URL(`http://${incoming.headers.host}${path}`),
      headers: incoming.headers,
      body: await this.#read(incoming),
    };
    for (const handler of this.#handlers) {
      const answer = await handler(request);
      if (answer) return answer;
    }
    return { status: 404 };
  }

  async #read(incoming: IncomingMessage): Promise<Buffer> {
    const limit = this.#limits.maxBodyInBytes;
    const refuse = () => new TrailhoundError('limit', `the request's body is larger than ${limit} bytes`);
    if (Number(incoming.headers['content-length'] ?? 0) > limit) throw refuse();
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming) {
      size += (chunk as Buffer).length;
      if (size > limit) throw refuse();
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  }
}

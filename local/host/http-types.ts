import type { IncomingHttpHeaders } from 'node:http';

/** A request that the host has read whole. */
export interface HostRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HostResponse {
  readonly status: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Uint8Array;
}

/** @returns undefined when the request is not for this handler */
export type RequestHandler = (request: HostRequest) => Promise<HostResponse | undefined> | HostResponse | undefined;

export function jsonResponse(status: number, value: unknown, headers: Record<string, string> = {}): HostResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

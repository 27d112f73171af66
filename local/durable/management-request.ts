import type { HostRequest } from '../host/http-types.ts';

/** A request to the durable HTTP API: its path behind the prefix, in segments. */
export interface Call {
  readonly request: HostRequest;
  readonly query: URLSearchParams;
  readonly segments: readonly string[];
}

const text = (request: HostRequest): string | undefined =>
  request.body.length > 0 ? request.body.toString('utf8') : undefined;

const isJson = (value: string): boolean => {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
};

/** JSON text of the body, null when there is none, undefined when it is not JSON. */
export function jsonBody(request: HostRequest): string | null | undefined {
  const body = text(request);
  if (body === undefined) return null;
  return isJson(body) ? JSON.stringify(JSON.parse(body)) : undefined;
}

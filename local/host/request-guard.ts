import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses what a page of another origin, or a name that was bound to the loopback address, could send: the `Host` must
 * be a loopback name with this port, and `Origin`, where there is one, this host's own.
 *
 * @returns why the request is refused
 */
export function refusalOf(request: IncomingMessage, port: number): string | undefined {
  if (!isOurs(request.headers.host, port)) return 'the Host header does not name this host';
  const { origin } = request.headers;
  if (origin !== undefined && !(origin.startsWith('http://') && isOurs(origin.slice('http://'.length), port))) {
    return 'requests from other origins are not allowed';
  }
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site') {
    return 'requests from other sites are not allowed';
  }
  return undefined;
}

function isOurs(host: string | undefined, port: number): boolean {
  if (host === undefined) return false;
  const end = host.lastIndexOf(':');
  return end > 0 && LOOPBACK.has(host.slice(0, end).toLowerCase()) && host.slice(end + 1) === String(port);
}

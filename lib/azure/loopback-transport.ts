import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether an address is of this machine, where plain http shows a token to nobody. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);
}

/** Whether a token may be sent there: https, or this machine. */
export function maySendSecretsTo(url: string): boolean {
  return URL.canParse(url) && (new URL(url).protocol === 'https:' || isLoopback(url));
}

/**
 * The form of an endpoint that Azure's clients accept. They send tokens to https alone; a plain-http endpoint on
 * loopback (an emulator, a proxy) is therefore shown to them as https, and the transport undoes that.
 */
export function clientEndpoint(url: string): { url: string; transport: { httpClient?: HttpClient } } {
  if (!url.startsWith('http:') || !isLoopback(url)) return { url, transport: {} };
  const { host } = new URL(url);
  const inner = createDefaultHttpClient();
  const httpClient: HttpClient = {
    sendRequest(request) {
      if (new URL(request.url).host === host) {
        request.url = request.url.replace(/^https:/, 'http:');
        request.allowInsecureConnection = true;
      }
      return inner.sendRequest(request);
    },
  };
  return { url: url.replace(/^http:/, 'https:'), transport: { httpClient } };
}

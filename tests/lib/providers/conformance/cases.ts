import { gzipSync } from 'node:zlib';
import type { Reply } from '../../../support/cloud/loopback-server.ts';

/** What becomes of a case: the two rows, or an error. */
export type Outcome = 'rows' | { readonly code: string; readonly says?: RegExp };

/** Something that a service or what lies before it does. */
export interface Case {
  readonly name: string;
  /** Answers that come before the service's own; `elsewhere` is a server at another address. */
  readonly replies?: (elsewhere: string) => readonly Reply[];
  /** What is done to every answer of the service. */
  readonly changes?: (reply: Reply) => Reply;
  readonly outcome: Outcome;
  /** The pauses that are made, in milliseconds. */
  readonly pauses?: readonly number[];
  /** Providers of which another outcome is right, and why. */
  readonly except?: Readonly<Record<string, { readonly outcome: Outcome; readonly because: string }>>;
  /** Tries take this long at the most. */
  readonly timeoutInMs?: number;
}

export const NOW = Date.UTC(2024, 4, 3, 12);
const HTML = { 'content-type': 'text/html' };
const JSON_TYPE = { 'content-type': 'application/json' };
const BUSY: Reply = { status: 503, body: 'Service Unavailable' };
const TOO_MANY = { error: { code: 'TooManyRequests', message: 'slow down' } };
const expired: Reply = { status: 401, json: { error: { code: 'InvalidAuthenticationToken', message: 'expired' } } };
const times = (count: number, reply: Reply): readonly Reply[] => Array.from({ length: count }, () => reply);
const bytesOf = ({ body, json }: Reply): Buffer =>
  Buffer.from(body ?? ((json === undefined ? '' : JSON.stringify(json)) as string));

const STARTS_A_JOB = {
  splunk: { outcome: { code: 'unavailable' }, because: 'its first call starts a job and is not sent twice' },
} as const;
const HAS_NO_LOGIN = {
  'security-datasets': { outcome: { code: 'unauthorized' }, because: 'it is public: there is nothing to renew' },
} as const;

export const CASES: readonly Case[] = [
  {
    name: 'throttled with seconds',
    replies: () => [{ status: 429, headers: { 'retry-after': '11' }, json: TOO_MANY }],
    outcome: 'rows',
    pauses: [11_000],
  },
  {
    name: 'throttled with a date',
    replies: () => [{ status: 429, headers: { 'retry-after': new Date(NOW + 11_000).toUTCString() }, json: TOO_MANY }],
    outcome: 'rows',
    pauses: [11_000],
  },
  {
    name: 'throttled for longer than anybody waits',
    replies: () => [{ status: 429, headers: { 'retry-after': '3600' }, json: TOO_MANY }],
    outcome: { code: 'throttled', says: /3600 s/ },
    pauses: [],
  },
  {
    name: 'throttled without a time, for long, with the reason in the text',
    replies: () => times(6, { status: 429, body: 'You have used up your quota of processor time' }),
    outcome: { code: 'throttled', says: /quota of processor time/ },
  },
  { name: 'a token that ended', replies: () => [expired], outcome: 'rows', except: HAS_NO_LOGIN },
  { name: 'tokens that are all refused', replies: () => times(3, expired), outcome: { code: 'unauthorized' } },
  {
    name: 'no permission',
    replies: () => [{ status: 403, json: { error: { code: 'Forbidden', message: 'no' } } }],
    outcome: { code: 'unauthorized' },
  },
  { name: 'a short outage', replies: () => [BUSY], outcome: 'rows', except: STARTS_A_JOB },
  {
    name: 'an answer that is cut off',
    replies: () => [{ json: { value: 'x'.repeat(1000) }, cutAfter: 20 }],
    outcome: 'rows',
    except: STARTS_A_JOB,
  },
  {
    name: 'JSON that is broken',
    replies: () => [{ body: '{"tables":[{"name":', headers: JSON_TYPE }],
    outcome: 'rows',
    except: STARTS_A_JOB,
  },
  {
    name: 'a sign-in page with 200',
    replies: () => [{ body: '<html>sign in</html>', headers: HTML }],
    outcome: 'rows',
    except: STARTS_A_JOB,
  },
  {
    name: 'sign-in pages and nothing else',
    replies: () => times(6, { body: '<html>sign in</html>', headers: HTML }),
    outcome: { code: 'unavailable', says: /text\/html in the place of JSON/ },
  },
  {
    name: 'a wrong content type',
    changes: (reply) => ({ ...reply, json: undefined, body: bytesOf(reply), headers: { 'content-type': 'image/png' } }),
    outcome: 'rows',
  },
  {
    name: 'answers that are packed',
    changes(reply) {
      const bytes = bytesOf(reply);
      if (bytes.length === 0) return reply;
      return {
        ...reply,
        json: undefined,
        body: gzipSync(bytes),
        headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
      };
    },
    outcome: 'rows',
  },
  {
    name: 'errors of five megabytes',
    replies: () =>
      times(8, {
        status: 500,
        body: `{"error":{"code":"X","message":"${'canary '.repeat(800_000)}"}}`,
        headers: JSON_TYPE,
      }),
    outcome: { code: 'unavailable' },
  },
  {
    name: 'a redirect to another host',
    replies: (elsewhere) => times(6, { status: 302, headers: { location: `${elsewhere}/take` } }),
    outcome: { code: 'remote', says: /302/ },
    except: {
      'security-datasets': {
        outcome: { code: 'not-found' },
        because: 'it is public and sends no token: redirects are followed',
      },
    },
  },
  {
    name: 'one answer that takes too long',
    replies: () => [{ ...BUSY, delayInMs: 60_000 }],
    timeoutInMs: 1_000,
    outcome: 'rows',
    except: STARTS_A_JOB,
  },
  {
    name: 'answers that all take too long',
    replies: () => times(6, { ...BUSY, delayInMs: 60_000 }),
    timeoutInMs: 50,
    outcome: { code: 'unavailable', says: /took too long/ },
  },
];

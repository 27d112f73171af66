import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type ErrorCode, TrailhoundError, toErrorInfo } from '../lib/errors.ts';
import { RequestError } from '../lib/playbooks/index.ts';
import { redact } from '../lib/redaction.ts';

type Handler = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

const STATUS_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: 400,
  'bad-data': 400,
  'not-found': 404,
  conflict: 409,
  limit: 413,
  unsupported: 422,
  throttled: 429,
  unavailable: 503,
};

/** Sent with everything: answers are data for their caller, never content that a browser may guess at or keep. */
const HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' };

/** A handler whose errors become answers: the code decides the status, every problem is listed, no secret is shown. */
export function answering(handler: Handler): Handler {
  return async (request, context) => {
    try {
      const response = await handler(request, context);
      return { ...response, headers: { ...HEADERS, ...(response.headers as Record<string, string>) } };
    } catch (error) {
      const info = toErrorInfo(error);
      if (info.code === 'internal') context.error(redact((error as Error).stack ?? info.message));
      const problems = error instanceof RequestError ? { problems: error.problems } : {};
      const body = {
        error: {
          code: info.code,
          message: redact(info.message),
          ...(info.hint ? { hint: redact(info.hint) } : {}),
          ...problems,
        },
      };
      return { status: STATUS_OF_CODE[info.code] ?? 500, jsonBody: body, headers: HEADERS };
    }
  };
}

/**
 * The JSON object of a request's body.
 *
 * @throws `limit` beyond `maxBytes`, `usage` if it is not a JSON object
 */
export async function readJsonBody(request: HttpRequest, maxBytes: number): Promise<Record<string, unknown>> {
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.length > maxBytes) {
    throw new TrailhoundError('limit', `the body has ${bytes.length} bytes; at most ${maxBytes} are taken`);
  }
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new TrailhoundError('usage', `the body is not JSON: ${(error as Error).message.slice(0, 200)}`, {
      hint: 'Send for example {"playbook": "host-triage", "inputs": {}}',
    });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TrailhoundError('usage', 'the body is not a JSON object', {
      hint: 'Send for example {"playbook": "host-triage", "inputs": {}}',
    });
  }
  return body as Record<string, unknown>;
}

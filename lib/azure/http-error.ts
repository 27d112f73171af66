import { type ErrorCode, TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';

const EXCERPT_CHARACTERS = 500;

/** What a service said of an error, as far as it could be read. */
export interface ServiceError {
  readonly code?: string;
  readonly message: string;
}

/** An answer that is an error, or no answer at all (`status` 0). */
export class HttpError extends TrailhoundError {
  readonly status: number;
  /** The service's own code, as `InsufficientAccessError`. */
  readonly serviceCode: string | undefined;
  /** How long the service asks to wait. */
  readonly retryAfterInMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      status: number;
      serviceCode?: string | undefined;
      retryAfterInMs?: number | undefined;
      hint?: string | undefined;
    },
  ) {
    super(code, redact(message), { hint: details.hint });
    this.name = 'HttpError';
    this.status = details.status;
    this.serviceCode = details.serviceCode;
    this.retryAfterInMs = details.retryAfterInMs;
  }
}

/** Our code for a status. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 413) return 'limit';
  if (status === 429) return 'throttled';
  return status >= 500 || status === 408 ? 'unavailable' : 'remote';
}

/**
 * The code and message in an error's body. Azure nests the telling part in `innererror`s and `details`; Splunk has
 * `messages`, Elastic `reason`s; anything else is shown as text.
 */
export function readServiceError(body: string): ServiceError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const text = body
      .replace(/<[^>]{0,2000}>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return { message: text.slice(0, EXCERPT_CHARACTERS) };
  }
  const root = asObject(parsed);
  const error = asObject(root?.['error']) ?? asObject(root?.['Error']) ?? root;
  const parts: string[] = [];
  let code: string | undefined;
  for (let level = error, depth = 0; level && depth < 6; depth++) {
    code = textOf(level['code']) ?? textOf(level['type']) ?? code;
    const message =
      textOf(level['message']) ?? textOf(level['@message']) ?? textOf(level['reason']) ?? textOf(level['text']);
    if (message && !parts.includes(message)) parts.push(message);
    level =
      asObject(level['innererror']) ??
      asObject(level['innerError']) ??
      firstOf(level['details']) ??
      firstOf(level['messages']);
  }
  const description = textOf(root?.['error_description']);
  if (description) parts.push(description);
  const message = (parts.join(': ') || textOf(root?.['error']) || '').slice(0, EXCERPT_CHARACTERS);
  return code === undefined ? { message } : { code, message };
}

/** A refusal for want of a permission, with what to grant as its hint. */
export async function withGrant<Result>(request: Promise<Result>, hint: string): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof HttpError && error.status === 403)) throw error;
    throw new TrailhoundError('unauthorized', error.message, { cause: error, hint });
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function firstOf(value: unknown): Record<string, unknown> | undefined {
  return Array.isArray(value) ? asObject(value[0]) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

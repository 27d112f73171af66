import { redact } from './redaction.ts';

/**
 * The family of errors that users meet. Each has a stable `code` that others script against, a message that says
 * what and where, and a hint that says what to do.
 */
export const ERROR_CODES = [
  'usage', // the caller's input is wrong
  'not-found',
  'conflict',
  'bad-data', // a file or row cannot be read as what it claims to be
  'unsupported', // recognised, but not done here
  'limit', // a bound on size, time, depth or count was met
  'budget', // the investigation's own budget is used up
  'throttled', // a remote service asks to wait
  'unauthorized',
  'unavailable', // a remote service or local resource cannot be reached
  'remote', // a remote service answered with an error
  'cancelled',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The plain form in which an error crosses a thread, a process or an API. */
export interface ErrorInfo {
  code: ErrorCode;
  message: string;
  hint?: string;
  /** How long a service asks to wait before the next try. */
  retryAfterInMs?: number;
}

/**
 * An error with a stable code.
 *
 * @example throw new TrailhoundError('usage', 'column "Cmd" is not in table processes', { hint: 'It has: CommandLine' });
 */
export class TrailhoundError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TrailhoundError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** Any thrown value as plain data, without secrets. What is not ours is `internal`; its stack is left out, for it may hold data. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof TrailhoundError) {
    const { code, message, hint } = thrown;
    const retryAfterInMs = (thrown as { retryAfterInMs?: number }).retryAfterInMs;
    return {
      code,
      message: redact(message),
      ...(hint ? { hint: redact(hint) } : {}),
      ...(retryAfterInMs === undefined ? {} : { retryAfterInMs }),
    };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') return { code: 'cancelled', message: 'cancelled' };
  return { code: 'internal', message: redact(thrown instanceof Error ? thrown.message : String(thrown)) };
}

/** The error that `toErrorInfo` described, to be thrown again on this side. */
export function fromErrorInfo(info: ErrorInfo): TrailhoundError {
  return new TrailhoundError(info.code, info.message, { hint: info.hint });
}

import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { TrailhoundError, toErrorInfo } from '../../lib/errors.ts';
import { redact } from '../../lib/redaction.ts';
import { MAX_RESULT_BYTES } from '../../orchestrations/limits.ts';
import type { Attempt } from '../../orchestrations/outcomes.ts';

const MAX_MESSAGE = 1000;

/** How an activity is told of in the log, a line for each run. Without a subject it is not. */
export interface ActivityOptions<Input, Output> {
  readonly subject?: (input: Input) => string;
  readonly result?: (value: Output) => string;
}

/**
 * Registers an activity that answers its errors as data, without secrets, and whose result must be small: history
 * holds references and counts, never rows.
 */
export function registerActivity<Input, Output>(
  name: string,
  work: (input: Input) => Promise<Output>,
  options: ActivityOptions<Input, Output> = {},
): void {
  df.app.activity(name, {
    handler: async (input: Input, context: InvocationContext): Promise<Attempt<Output>> => {
      const startedAtInMs = Date.now();
      const say = (end: string) => {
        if (options.subject) context.log(`${options.subject(input)}: ${end} (${Date.now() - startedAtInMs} ms)`);
      };
      try {
        const value = await work(input);
        const size = Buffer.byteLength(JSON.stringify(value) ?? '');
        if (size > MAX_RESULT_BYTES) {
          throw new TrailhoundError(
            'internal',
            `the result of ${name} has ${size} bytes; at most ${MAX_RESULT_BYTES} may go into history`,
          );
        }
        say(options.result?.(value) ?? 'done');
        return { value };
      } catch (error) {
        const { code, message, hint, retryAfterInMs } = toErrorInfo(error);
        say(`${code}: ${redact(message).slice(0, MAX_MESSAGE)}`);
        return {
          error: {
            code,
            message: redact(message).slice(0, MAX_MESSAGE),
            ...(hint ? { hint: redact(hint).slice(0, MAX_MESSAGE) } : {}),
            ...(retryAfterInMs === undefined ? {} : { retryAfterInMs }),
          },
          durationInMs: Date.now() - startedAtInMs,
        };
      }
    },
  });
}

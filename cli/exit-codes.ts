import { TrailhoundError } from '../lib/errors.ts';

/** What the process ends with: others script against these. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** A single KQL query that cannot be answered. */
  unanswered: 3,
  /** Stopped by the user, as shells say it: 128 and SIGINT. */
  interrupted: 130,
} as const;

/** The exit code of an error that nobody caught. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof TrailhoundError)) return EXIT.failed;
  if (error.code === 'usage' || error.code === 'not-found') return EXIT.usage;
  return error.code === 'cancelled' ? EXIT.interrupted : EXIT.failed;
}

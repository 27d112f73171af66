import { TrailhoundError } from '../lib/errors.ts';
import { isoFromTicks, ticksFromIso } from '../lib/tables/index.ts';

/**
 * A time of the command line in ISO 8601 with seven digits.
 *
 * @throws `usage` that names the option and gives an example
 */
export function readTime(option: string, text: string): string {
  const ticks = ticksFromIso(text);
  if (ticks !== null) return isoFromTicks(ticks);
  throw new TrailhoundError('usage', `${option} is not a time: "${text}"`, {
    hint: 'Times are ISO 8601, as 2026-03-04T05:00:00Z; without a zone they are UTC.',
  });
}

/** The options `--from` and `--to`, half-open; both or neither. */
export function readTimeRange(
  from: string | undefined,
  to: string | undefined,
): { start: string; end: string } | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) {
    throw new TrailhoundError('usage', `${from === undefined ? '--from' : '--to'} is missing`, {
      hint: 'Give both ends of the time range, or neither for all that the data covers.',
    });
  }
  const range = { start: readTime('--from', from), end: readTime('--to', to) };
  if (range.start < range.end) return range;
  throw new TrailhoundError('usage', '--to is not after --from');
}

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

/** What the data covers, in ticks, the end exclusive; null where it has no times. */
export type Extent = () => Promise<{ readonly start: bigint; readonly end: bigint } | null>;

/** The options `--from` and `--to`, half-open; an end that is not given is that of the data. */
export async function readTimeRange(
  from: string | undefined,
  to: string | undefined,
  extent: Extent,
): Promise<{ start: string; end: string } | undefined> {
  if (from === undefined && to === undefined) return undefined;
  const given = {
    start: from === undefined ? undefined : readTime('--from', from),
    end: to === undefined ? undefined : readTime('--to', to),
  };
  const covered = given.start && given.end ? null : await extent();
  const start = given.start ?? (covered ? isoFromTicks(covered.start) : undefined);
  const end = given.end ?? (covered ? isoFromTicks(covered.end) : undefined);
  if (!start || !end) {
    throw new TrailhoundError('usage', `${start ? '--to' : '--from'} is missing, and no data says what it could be`);
  }
  if (start < end) return { start, end };
  throw new TrailhoundError('usage', `the time range ends (${end}) before it starts (${start})`);
}

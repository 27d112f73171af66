const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lengths of time that people count in. */
export const ROUND_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28].map((count) => count * DAY),
  ...[91, 182, 365, 3650, 36500].map((count) => count * DAY),
];

/** The smallest round step that cuts the span into at most so many bins. */
export function roundStep(spanInMs: number, maxBins: number): number {
  return ROUND_STEPS.find((step) => spanInMs / step <= maxBins) ?? ROUND_STEPS.at(-1)!;
}

/** d3 time formats by unit for axes in UTC, on a 24 hour clock. */
export const TIME_AXIS_FORMAT = {
  year: '%Y',
  quarter: '%b %Y',
  month: '%b %Y',
  week: '%a %d %b',
  date: '%a %d %b',
  day: '%a %d %b',
  hours: '%H:%M',
  minutes: '%H:%M',
  seconds: '%H:%M:%S',
  milliseconds: '%H:%M:%S.%L',
};

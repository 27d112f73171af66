const TICKS_BY_UNIT: readonly (readonly [pattern: RegExp, ticks: number])[] = [
  [/^d(ays?)?$/, 864_000_000_000],
  [/^h(r|rs|ours?)?$/, 36_000_000_000],
  [/^m(in|inutes?)?$/, 600_000_000],
  [/^s(ec|econds?)?$/, 10_000_000],
  [/^(ms|millis?|milliseconds?)$/, 10_000],
  [/^(micros?|microseconds?)$/, 10],
  [/^ticks?$/, 1],
  [/^(nanos?|nanoseconds?)$/, 0.01],
];

const WITH_UNIT = /^([-+]?)(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)$/i;
const CLOCK = /^([-+]?)(?:(\d+)[.:](?=\d+:\d+:\d))?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/** Ticks of a timespan's text, as `1d`, `90s`, `1.02:03:04.5` or a number of days; null if it is none. */
export function parseTimespan(text: string): bigint | null {
  const trimmed = text.trim();
  const unit = WITH_UNIT.exec(trimmed);
  if (unit) {
    const ticks = TICKS_BY_UNIT.find(([pattern]) => pattern.test(unit[3]!.toLowerCase()))?.[1];
    if (ticks === undefined) return null;
    return signed(unit[1]!, scaled(unit[2]!, ticks));
  }
  const clock = CLOCK.exec(trimmed);
  if (clock) {
    const [, sign, days = '0', hours, minutes, seconds = '0', fraction = ''] = clock;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
    const total = ((BigInt(days) * 24n + BigInt(hours!)) * 60n + BigInt(minutes!)) * 60n + BigInt(seconds);
    return signed(sign!, total * 10_000_000n + BigInt(fraction.padEnd(7, '0')));
  }
  return /^-?\d{1,8}$/.test(trimmed) ? BigInt(trimmed) * 864_000_000_000n : null;
}

function scaled(digits: string, ticks: number): bigint {
  if (/^\d+$/.test(digits) && ticks >= 1) return BigInt(digits) * BigInt(ticks);
  return BigInt(Math.round(Number(digits) * ticks));
}

function signed(sign: string, ticks: bigint): bigint {
  return sign === '-' ? -ticks : ticks;
}

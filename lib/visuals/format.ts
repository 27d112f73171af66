/** `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 event`, `2 events`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

const LARGE_UNITS: readonly (readonly [number, string])[] = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** `1.2k`, `3.4M`; small numbers to a hundredth, very small and very large ones with an exponent. */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e21 || (size > 0 && size < 0.005)) return value.toExponential(1).replace('.0e', 'e');
  if (size < 1000) return String(Math.round(value * 100) / 100);
  const [unit, letter] = LARGE_UNITS.find(([each]) => size >= each)!;
  const scaled = value / unit;
  return `${Math.abs(scaled) >= 100 ? Math.round(scaled) : Math.round(scaled * 10) / 10}${letter}`;
}

/** `2026-11-17 02:06:08.123`, in UTC; without what is zero at the end. */
export function formatTime(timeInMs: number, precision: 'minute' | 'second' | 'millisecond' = 'second'): string {
  if (!Number.isFinite(timeInMs) || Math.abs(timeInMs) > 8.64e15) return '';
  const text = new Date(timeInMs).toISOString().replace('T', ' ').replace('Z', '');
  return text.slice(0, { minute: -7, second: -4, millisecond: undefined }[precision]);
}

/** A time as tables hold it, `2026-11-17 02:06:08.1200000Z`, without what is zero at its end. */
export function shortTime(text: string): string {
  return text.replace(/(?:\.0*|(\.\d*[1-9])0*)?Z$/, '$1');
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
];

/** A round duration: `30 min`, `1 d`, `250 ms`. */
export function formatStep(stepInMs: number): string {
  const [unit, name] = UNITS.find(([size]) => stepInMs >= size && stepInMs % size === 0) ?? [1, 'ms'];
  return `${stepInMs / unit} ${name}`;
}

/** A duration in its two largest units: `2 d 3 h`, `4 min 5 s`, `12 ms`. */
export function formatDuration(durationInMs: number): string {
  if (!(durationInMs >= 1)) return '0 ms';
  const parts: string[] = [];
  let rest = Math.round(durationInMs);
  for (const [size, name] of UNITS) {
    if (rest >= size || parts.length > 0) {
      const count = Math.floor(rest / size);
      if (count > 0) parts.push(`${count} ${name}`);
      rest -= count * size;
      if (parts.length === 2 || size <= 1000) break;
    }
  }
  return parts.slice(0, 2).join(' ') || `${Math.round(durationInMs)} ms`;
}

/** From when to when, as precisely as the length of the range asks. */
export function formatRange(fromInMs: number, toInMs: number): string {
  const span = toInMs - fromInMs;
  const precision = span >= 3_600_000 ? 'minute' : span >= 10_000 ? 'second' : 'millisecond';
  if (span === 0) return `at ${formatTime(fromInMs, 'millisecond')} UTC`;
  return `${formatTime(fromInMs, precision)} to ${formatTime(toInMs, precision)} UTC`;
}

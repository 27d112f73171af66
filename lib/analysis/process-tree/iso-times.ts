import { BASE_TICKS } from './process-rows.ts';

const TICKS_PER_DAY = 864_000_000_000;
const BASE_IN_MS = Number((BASE_TICKS - 621_355_968_000_000_000n) / 10_000n);

/** Formats ticks from BASE_TICKS as ISO 8601 with seven digits; the day's text is kept from one call to the next. */
export function makeIsoFormatter(): (ticks: number) => string {
  let day = Number.NaN;
  let dayText = '';
  return (ticks) => {
    const today = Math.floor(ticks / TICKS_PER_DAY);
    if (today !== day) {
      day = today;
      dayText = new Date(BASE_IN_MS + today * 86_400_000).toISOString().slice(0, 11);
    }
    const rest = ticks - today * TICKS_PER_DAY;
    const seconds = Math.floor(rest / 10_000_000);
    const hour = (seconds / 3600) | 0;
    const minute = ((seconds / 60) | 0) % 60;
    const fraction = String(rest - seconds * 10_000_000).padStart(7, '0');
    return `${dayText}${two(hour)}:${two(minute)}:${two(seconds % 60)}.${fraction}Z`;
  };
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

function two(number: number): string {
  return TWO[number]!;
}

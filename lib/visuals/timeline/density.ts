/** Counts of events by group and bin of time; every event is in exactly one cell. */
export interface Density {
  readonly stepInMs: number;
  /** Start of the first bin; a multiple of the step. */
  readonly startInMs: number;
  readonly bins: number;
  /** `counts[group * bins + bin]`. */
  readonly counts: Uint32Array;
}

/**
 * Counts events in bins on round times. Linear; events without a time or group (code < 0) are left out.
 * @param fromInMs,toInMs the extent of the times
 */
export function densityOf(
  times: Float64Array,
  groups: Int32Array,
  groupCount: number,
  stepInMs: number,
  fromInMs: number,
  toInMs: number,
): Density {
  const startInMs = Math.floor(fromInMs / stepInMs) * stepInMs;
  const bins = Math.floor((toInMs - startInMs) / stepInMs) + 1;
  const counts = new Uint32Array(groupCount * bins);
  for (let row = 0; row < times.length; row++) {
    const group = groups[row]!;
    const bin = Math.floor((times[row]! - startInMs) / stepInMs);
    if (group >= 0 && bin >= 0 && bin < bins) counts[group * bins + bin]!++;
  }
  return { stepInMs, startInMs, bins, counts };
}

export interface Spike {
  readonly group: number;
  readonly bin: number;
  readonly count: number;
  readonly median: number;
}

function medianOf(sorted: Float64Array | Uint32Array): number {
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1]!;
}

/**
 * Cells that stand out in their group: above its median by 8 median absolute deviations and at least 5 times the
 * median. At most three in a group, the highest of each neighbourhood.
 */
export function spikesOf({ counts, bins }: Density, group: number): Spike[] {
  const own = counts.subarray(group * bins, (group + 1) * bins);
  const median = medianOf(own.slice().sort());
  const deviation = medianOf(Float64Array.from(own, (count) => Math.abs(count - median)).sort());
  const threshold = Math.max(median + 8 * Math.max(deviation, 1), 5 * Math.max(median, 1));
  const found: Spike[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const count = own[bin]!;
    if (count >= threshold) found.push({ group, bin, count, median });
  }
  found.sort((a, b) => b.count - a.count || a.bin - b.bin);
  const kept: Spike[] = [];
  const apart = Math.max(6, bins / 60);
  for (const spike of found) {
    if (kept.length === 3) break;
    if (kept.every((other) => Math.abs(other.bin - spike.bin) > apart)) kept.push(spike);
  }
  return kept;
}

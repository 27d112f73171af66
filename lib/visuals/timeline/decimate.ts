/**
 * The rows that a line through all points needs at a resolution: of each bin the first, lowest, highest and last. What
 * is drawn is then the same to the pixel, and no extreme is lost (Jugel et al., M4, VLDB 2014).
 * @param rows positions, ascending in time
 */
export function decimate(rows: Uint32Array, times: Float64Array, values: Float64Array, stepInMs: number): Uint32Array {
  const kept: number[] = [];
  let bin = Number.NaN;
  let first = -1;
  let low = -1;
  let high = -1;
  let last = -1;
  const flush = () => {
    if (first < 0) return;
    const four = [...new Set([first, low, high, last])].sort((a, b) => times[a]! - times[b]! || a - b);
    kept.push(...four);
  };
  for (const row of rows) {
    if (Number.isNaN(values[row]!)) continue;
    const at = Math.floor(times[row]! / stepInMs);
    if (at !== bin) {
      flush();
      bin = at;
      first = row;
      low = row;
      high = row;
    }
    if (values[row]! < values[low]!) low = row;
    if (values[row]! > values[high]!) high = row;
    last = row;
  }
  flush();
  return Uint32Array.from(kept);
}

/** Positions of the rows that have a time, in order of time. */
export function rowsInTime(times: Float64Array): Uint32Array {
  const rows = Uint32Array.from({ length: times.length }, (_, row) => row).filter((row) => !Number.isNaN(times[row]!));
  let sorted = true;
  for (let index = 1; sorted && index < rows.length; index++) sorted = times[rows[index - 1]!]! <= times[rows[index]!]!;
  return sorted ? rows : rows.sort((a, b) => times[a]! - times[b]! || a - b);
}

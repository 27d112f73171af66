/** One figure: how fast something ran over how many rows, with how much memory, and what the floor is. */
export interface Measure {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly peakMemoryInBytes: number;
  /** The least that any program would need: a plain pass over the same bytes, or what the bench's text says. */
  readonly floorSeconds: number;
}

export interface BenchOptions {
  /** Rows to generate where no data is given. Each bench has its default. */
  readonly rows?: number | undefined;
  /** A file to measure on instead of generated rows. */
  readonly data?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A benchmark: a file of this folder exports one as `bench`. It runs in a process of its own. */
export interface Bench {
  readonly name: string;
  readonly description: string;
  run(options: BenchOptions): Promise<readonly Measure[]>;
}

/** A measure from a duration; peak memory is the process's, so that of the largest measure so far. */
export function measure(name: string, rows: number, seconds: number, floorSeconds: number): Measure {
  const peakMemoryInBytes = process.resourceUsage().maxRSS * 1024;
  return { name, rows, seconds, rowsPerSecond: Math.round(rows / seconds), peakMemoryInBytes, floorSeconds };
}

/** Runs the work and gives its seconds beside what it gave. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ seconds: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { seconds: (performance.now() - start) / 1000, value };
}

/** The fastest of several runs: what is not the program's own is left out as far as it can be. */
export async function fastest(runs: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) least = Math.min(least, (await timed(work)).seconds);
  return least;
}

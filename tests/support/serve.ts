import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../lib/paths.ts';

/** A served app: its address, and how to stop it. */
export interface Served {
  readonly url: string;
  readonly folder: string;
  /** Ends the process at once, as a crash does; the folder stays. */
  kill(): Promise<void>;
  /** What it printed so far, both streams. */
  output(): string;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  /** The state folder of an earlier one that was killed; default: a new one. */
  readonly folder?: string;
}

/** Starts `trailhound serve` on a free port and waits until it is ready. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'trailhound-serve-')));
  const args = [
    join(packageRoot(), 'dist/cli.cjs'),
    'serve',
    '--port',
    '0',
    '--folder',
    folder,
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...options.env }, cwd: folder });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const end = () => child.kill('SIGKILL');
  // A test that fails or times out stops nothing by itself: no server outlives its test process.
  process.once('exit', end);
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      process.off('exit', end);
      resolve();
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}:\n${output}`)));
  });
  return {
    url,
    folder,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks until the answer is there; bounded by the test's own time. */
export async function until<T>(ask: () => Promise<T | undefined>, everyInMs = 100): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, everyInMs));
  }
}

/** The document of an investigation, once it has ended. */
export function finished(url: string, id: string): Promise<Record<string, unknown> & { status: string }> {
  return until(async () => {
    const response = await fetch(`${url}/api/investigations/${id}`);
    if (response.status === 404) return undefined;
    const document = (await response.json()) as { status: string };
    return ['completed', 'failed', 'cancelled'].includes(document.status) ? document : undefined;
  });
}

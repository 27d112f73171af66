import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { packageRoot } from '../../../lib/paths.ts';
import { type EmbeddedHost, type EmbeddedHostOptions, startEmbeddedHost } from '../../../local/embedded-host.ts';

const folders: string[] = [];

/** A folder of its own that is deleted when the test file has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trailhound-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A test app's entry file: `tests/local/apps/<name>.cjs`. */
export const appFile = (name: string): string => join(packageRoot(), 'tests', 'local', 'apps', `${name}.cjs`);

/** A host with a test app, and what tests ask of it. */
export interface TestHost extends EmbeddedHost {
  readonly lines: string[];
  /** Starts an orchestration and waits for its end. */
  run(name: string, input?: unknown, id?: string): Promise<{ status: string; output: unknown; id: string }>;
  start(name: string, input?: unknown, id?: string): string;
  view(id: string): { status: string; output: unknown; customStatus: unknown };
}

export async function startTestHost(app: string, options: Partial<EmbeddedHostOptions> = {}): Promise<TestHost> {
  const lines: string[] = [];
  const host = await startEmbeddedHost({
    appFile: appFile(app),
    folder: temporaryFolder(),
    timers: false,
    log: (line) => lines.push(line),
    ...options,
  });
  const view = (id: string) => {
    const row = host.durable.store.getInstance(id);
    if (!row) return { status: 'Missing', output: undefined, customStatus: undefined };
    const parse = (json: string | null): unknown => (json === null ? null : JSON.parse(json));
    return { status: row.status, output: parse(row.output), customStatus: parse(row.customStatus) };
  };
  const start = (name: string, input?: unknown, id?: string) =>
    host.durable.startNew(name, input === undefined ? null : JSON.stringify(input), id);
  return {
    ...host,
    lines,
    start,
    view,
    run: async (name, input, givenId) => {
      const id = start(name, input, givenId);
      await host.waitFor(id);
      const { status, output } = view(id);
      return { status, output, id };
    },
  };
}

/** Polls until a condition holds; a test's own time-out bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

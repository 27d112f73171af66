import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentSchema, type InvestigationDocument } from '../../lib/investigation/index.ts';
import { packageRoot } from '../../lib/paths.ts';

const SAMPLE = join(packageRoot(), 'content/samples/contoso-day');
const KILLS = 10;

/** A run of the command line; killed after a while if a time is given. */
function run(folder: string, out: string, killAfterInMs?: number): Promise<'killed' | number> {
  const args = ['run', 'host-triage', '--data', SAMPLE, '--id', 'chaos', '--folder', folder, '--out', out];
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/cli.cjs'), ...args], { stdio: 'ignore' });
  const timer = killAfterInMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterInMs);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL' ? 'killed' : (code ?? 1));
    });
  });
}

/** What must not depend on how often the process was killed. */
const contentOf = (document: InvestigationDocument) => ({
  status: document.status,
  steps: document.steps.map(({ durationInMs: _own, ...step }) => step),
  tables: document.tables.map(({ name, rows, parts }) => ({ name, rows, parts: parts.map(({ sha256 }) => sha256) })),
  artifacts: document.artifacts.map(({ name, kind, sha256 }) => ({ name, kind, sha256 })),
  findings: document.findings,
});

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'trailhound-chaos-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it(`a run whose process is killed ${KILLS} times completes with the same tables, byte for byte`, async () => {
  const read = async (path: string) => documentSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const calm = join(scratch, 'calm.json');
  const startedInMs = performance.now();
  expect(await run(join(scratch, 'calm'), calm)).toBe(0);
  const durationInMs = performance.now() - startedInMs;

  const stormy = join(scratch, 'stormy.json');
  let kills = 0;
  let code: 'killed' | number = 'killed';
  // Times spread over start-up and work; once a run gets through, the rest of the kills would hit nothing.
  for (let attempt = 0; attempt < KILLS && code === 'killed'; attempt++) {
    const afterInMs = durationInMs * (0.15 + (0.75 * ((attempt * 7) % KILLS)) / KILLS);
    code = await run(join(scratch, 'stormy'), stormy, afterInMs);
    if (code === 'killed') kills++;
  }
  if (code === 'killed') code = await run(join(scratch, 'stormy'), stormy);
  expect(code).toBe(0);
  expect(kills).toBeGreaterThan(0);
  expect(contentOf(await read(stormy))).toEqual(contentOf(await read(calm)));
}, 240_000);

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentSchema } from '../../lib/investigation/index.ts';
import { packageRoot } from '../../lib/paths.ts';

const SAMPLE = join(packageRoot(), 'content/samples/contoso-day');
const KILLS = 10;

/** A run of the command line; killed after a while if a time is given. */
function run(folder: string, id: string, killAfterInMs?: number): Promise<'killed' | number> {
  const out = `${folder}-${id}.json`;
  const args = ['run', 'host-triage', '--data', SAMPLE, '--id', id, '--folder', folder, '--out', out];
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
async function contentOf(folder: string, id: string) {
  const document = documentSchema.parse(JSON.parse(await readFile(`${folder}-${id}.json`, 'utf8')));
  return {
    status: document.status,
    steps: document.steps.map(({ durationInMs: _own, ...step }) => step),
    tables: document.tables.map(({ name, rows, parts }) => ({ name, rows, parts: parts.map(({ sha256 }) => sha256) })),
    artifacts: document.artifacts.map(({ name, kind, sha256 }) => ({ name, kind, sha256 })),
    findings: document.findings,
  };
}

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'trailhound-chaos-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it(`runs whose process is killed ${KILLS} times complete with the same tables, byte for byte`, async () => {
  const startedInMs = performance.now();
  const calm = join(scratch, 'calm');
  expect(await run(calm, 'calm')).toBe(0);
  const durationInMs = performance.now() - startedInMs;
  const expected = await contentOf(calm, 'calm');

  const stormy = join(scratch, 'stormy');
  let kills = 0;
  for (let round = 0; kills < KILLS; round++) {
    const id = `stormy-${round}`;
    for (let code: 'killed' | number = 'killed'; code === 'killed'; ) {
      // Times spread over start-up and work, the same in every test run.
      const afterInMs = durationInMs * (0.1 + (0.6 * ((kills * 7 + round * 3) % KILLS)) / KILLS);
      code = await run(stormy, id, kills < KILLS ? afterInMs : undefined);
      if (code === 'killed') kills++;
      else expect(code).toBe(0);
    }
    expect(await contentOf(stormy, id)).toEqual(expected);
  }
}, 300_000);

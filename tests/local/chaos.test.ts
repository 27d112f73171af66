import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { bundleHost, kill, spawnHost } from './support/host-process.ts';
import { temporaryFolder } from './support/hosts.ts';

const KILLS = 40;
const INSTANCES = 8;

/** A small generator of numbers in [0, 1) from a seed, so that a failure can be looked at again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

it('loses nothing and doubles nothing over 40 sudden ends of the process', async () => {
  const state = temporaryFolder();
  const bundles = await bundleHost(temporaryFolder(), 'chaos');
  const log = join(state, 'activities.log');
  const random = numbers(20_261_121);
  const ids = Array.from({ length: INSTANCES }, (_, index) => `chaos-${index}`);
  const started = new Set<string>();
  for (let kills = 0; kills <= KILLS; kills++) {
    const { child, ready, output } = spawnHost(bundles, state, { CHAOS_LOG: log });
    try {
      const isLast = kills === KILLS;
      if (!isLast && random() < 0.2) {
        // Some ends come while the host is still starting.
        await sleep(random() * 400);
        continue;
      }
      const host = await ready;
      if (!host) throw new Error(output());
      for (const id of ids.filter((each) => !started.has(each)).slice(0, isLast ? INSTANCES : 1)) {
        const { status } = await host.call('POST', `orchestrators/chaos/${id}`);
        // What was acknowledged must be there from now on.
        if (status === 202 || status === 409) started.add(id);
      }
      if (!isLast) {
        await sleep(random() * 150);
        continue;
      }
      for (const id of ids) {
        let response: Response;
        do {
          await sleep(20);
          response = await host.call('GET', `instances/${id}`);
        } while (response.status === 202);
        const { runtimeStatus, output: result } = (await response.json()) as Record<string, unknown>;
        expect({ runtimeStatus, result }).toEqual({
          runtimeStatus: 'Completed',
          result: { steady: 'steady', traces: { blobs: 36, rows: 36 }, total: 36 },
        });
      }
    } finally {
      await kill(child);
    }
  }
  expect(started.size).toBe(INSTANCES);
  const runs = readFileSync(log, 'utf8').trim().split('\n');
  expect(new Set(runs).size).toBe(36 * INSTANCES);
  // Each end can repeat no more than what was running or waiting for its commit at that moment.
  expect(runs.length).toBeLessThan(36 * INSTANCES + KILLS * 10);
}, 300_000);

import type { StepOutcome, StepRun } from '../../lib/investigation/index.ts';
import { type JoinRun, joinChunks } from '../../lib/investigation/join-chunks.ts';
import { type ChunkRun, estimateStep, queryChunk, searchJobOfStep } from '../../lib/investigation/query-chunk.ts';
import { names } from '../../orchestrations/limits.ts';
import { getRuntime } from '../runtime.ts';
import { registerActivity } from './register.ts';

registerActivity(names.estimateQuery, async (run: StepRun) => {
  const runtime = await getRuntime(run.tenant);
  return estimateStep(runtime, run, runtime.stopping);
});

registerActivity(names.searchJob, async (run: StepRun) => {
  const runtime = await getRuntime(run.tenant);
  return searchJobOfStep(runtime, run, runtime.stopping);
});

registerActivity(names.queryChunk, async (run: ChunkRun) => {
  const runtime = await getRuntime(run.tenant);
  return queryChunk(runtime, run, runtime.stopping);
});

registerActivity(names.joinChunks, async (run: JoinRun): Promise<StepOutcome> => {
  const answer = await joinChunks(await getRuntime(run.tenant), run);
  return { step: run.step, status: 'succeeded', ...answer, error: null, durationInMs: 0 };
});

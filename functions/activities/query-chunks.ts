import type { StepOutcome } from '../../lib/investigation/index.ts';
import { type ChunkRun, type JoinRun, joinChunks, queryChunk } from '../../lib/investigation/query-chunks.ts';
import { names } from '../../orchestrations/limits.ts';
import { getRuntime } from '../runtime.ts';
import { registerActivity } from './register.ts';

registerActivity(names.queryChunk, async (run: ChunkRun) => {
  const runtime = await getRuntime();
  return queryChunk(runtime, run, runtime.stopping);
});

registerActivity(names.joinChunks, async (run: JoinRun): Promise<StepOutcome> => {
  const answer = await joinChunks(await getRuntime(), run);
  return { step: run.step, status: 'succeeded', ...answer, error: null, durationInMs: 0 };
});

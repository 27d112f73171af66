import { runStep, type StepOutcome, type StepRun } from '../../lib/investigation/index.ts';
import { names } from '../../orchestrations/limits.ts';
import { getRuntime } from '../runtime.ts';
import { registerActivity } from './register.ts';

registerActivity(
  names.executeStep,
  async (run: StepRun): Promise<StepOutcome> => {
    const runtime = await getRuntime(run.tenant);
    const startedAtInMs = Date.now();
    const answer = await runStep(runtime, run, runtime.stopping);
    return { step: run.step, status: 'succeeded', ...answer, error: null, durationInMs: Date.now() - startedAtInMs };
  },
  {
    subject: ({ id, step }) => `${id}: ${step}`,
    result: ({ rowsIn, rowsOut, partial }) => `${rowsIn} rows in, ${rowsOut} out${partial ? ', partial' : ''}`,
  },
);

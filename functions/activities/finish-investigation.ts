import { type FinishRun, finishInvestigation } from '../../lib/investigation/index.ts';
import { names } from '../../orchestrations/limits.ts';
import { getRuntime } from '../runtime.ts';
import { registerActivity } from './register.ts';

registerActivity(
  names.finishInvestigation,
  async (run: FinishRun) => {
    const { id, status, findings, verdicts } = await finishInvestigation(await getRuntime(run.request.tenant), run);
    return { id, status, findings: findings.length, verdicts: verdicts.length };
  },
  {
    subject: ({ request }) => request.id,
    result: ({ status, findings }) => `${status}, ${findings} findings`,
  },
);

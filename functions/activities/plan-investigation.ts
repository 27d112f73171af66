import { type InvestigationRequest, planInvestigation } from '../../lib/investigation/index.ts';
import { names } from '../../orchestrations/limits.ts';
import { getRuntime } from '../runtime.ts';
import { registerActivity } from './register.ts';

registerActivity(names.planInvestigation, async (input: { request: InvestigationRequest; startedAtInMs: number }) =>
  planInvestigation(await getRuntime(input.request.tenant), input.request, input.startedAtInMs),
);

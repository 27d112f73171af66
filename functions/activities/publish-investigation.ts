import type { InvestigationRequest } from '../../lib/investigation/index.ts';
import { publishInvestigation } from '../../lib/investigation/publish-investigation.ts';
import { names } from '../../orchestrations/limits.ts';
import { getRuntime } from '../runtime.ts';
import { registerActivity } from './register.ts';

registerActivity(names.publishInvestigation, async ({ request }: { request: InvestigationRequest }) =>
  publishInvestigation(await getRuntime(request.tenant), request),
);

import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { requestOfIncident } from '../lib/investigation/incident-request.ts';
import { parseIncidentPayload } from '../lib/sentinel/index.ts';
import { answering, readJsonBody } from './http.ts';
import { getRuntime } from './runtime.ts';
import { startInvestigation } from './start-investigation.ts';

/** A payload carries at most 500 entities per alert of 64 KB; more than this is not one. */
const MAX_BODY_BYTES = 8 * 2 ** 20;

app.http('sentinel-incident', {
  route: 'sentinel/incident',
  methods: ['POST'],
  authLevel: 'function',
  extraInputs: [df.input.durableClient()],
  handler: answering(async (request, context) => {
    const runtime = await getRuntime();
    const incident = parseIncidentPayload(await readJsonBody(request, MAX_BODY_BYTES));
    const wanted = requestOfIncident(runtime.settings(), incident, runtime.dataPaths, Date.now());
    if (!wanted) {
      const reason = 'no rule under sentinel.playbookRules chooses a playbook for this incident';
      return { status: 202, jsonBody: { id: null, isNew: false, reason } };
    }
    const { id, isNew } = await startInvestigation(df.getClient(context), wanted, { sameIdIsSameRequest: true });
    return {
      status: 202,
      headers: { Location: `/api/investigations/${id}` },
      jsonBody: { id, isNew, playbook: wanted.playbook, links: { self: `/api/investigations/${id}` } },
    };
  }),
});

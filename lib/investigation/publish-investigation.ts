import { publishComment, updateIncident } from '../sentinel/index.ts';
import { readDocument } from './finish-investigation.ts';
import { incidentComment } from './incident-comment.ts';
import { readPlan } from './plan-investigation.ts';
import type { InvestigationRequest } from './request.ts';
import type { Runtime } from './runtime.ts';

/** What was left on an incident. */
export interface PublishedInvestigation {
  /** GUID of the comment; null where comments are switched off. */
  readonly comment: string | null;
}

/** Leaves one comment (and the labels of the settings) on the incident; a repeat finds what is there. */
export async function publishInvestigation(
  runtime: Runtime,
  { id, trigger }: InvestigationRequest,
): Promise<PublishedInvestigation> {
  // Without a plan there is only the failure to tell, by the settings as they are.
  const connections = runtime.connections((await readPlan(runtime, id))?.settings ?? runtime.settings());
  const { comment, tags } = connections.settings.sentinel;
  const document = await readDocument(runtime, id);
  if (trigger.kind !== 'sentinel' || !document) return { comment: null };
  const options = { connections, armId: trigger.incident.armId };
  const message = incidentComment(document, comment.reportUrl?.replaceAll('{id}', id));
  const published = comment.enabled ? await publishComment({ ...options, investigationId: id, message }) : null;
  if (tags.length > 0) await updateIncident(options, { addLabels: tags });
  return { comment: published?.id ?? null };
}

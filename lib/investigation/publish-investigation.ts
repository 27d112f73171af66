import type { Connections } from '../providers/index.ts';
import { publishComment, updateIncident } from '../sentinel/index.ts';
import { readDocument } from './finish-investigation.ts';
import { incidentComment } from './incident-comment.ts';
import type { InvestigationRequest } from './request.ts';
import type { Runtime } from './runtime.ts';

/** What was left on an incident. */
export interface PublishedInvestigation {
  /** GUID of the comment; null where comments are switched off. */
  readonly comment: string | null;
}

/** Leaves one comment (and the labels of the settings) on the incident; a repeat finds what is there. */
export async function publishInvestigation(
  runtime: Runtime & { readonly connections: Connections },
  { id, trigger }: InvestigationRequest,
): Promise<PublishedInvestigation> {
  const { connections } = runtime;
  const { comment, tags } = connections.settings.sentinel;
  const document = await readDocument(runtime, id);
  if (trigger.kind !== 'sentinel' || !document) return { comment: null };
  const options = { connections, armId: trigger.incident.armId };
  const message = incidentComment(document, comment.reportUrl?.replaceAll('{id}', id));
  const published = comment.enabled ? await publishComment({ ...options, investigationId: id, message }) : null;
  if (tags.length > 0) await updateIncident(options, { addLabels: tags });
  return { comment: published?.id ?? null };
}

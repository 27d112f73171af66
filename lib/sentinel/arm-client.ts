import type { HttpClient } from '../azure/http-client.ts';
import { HttpError } from '../azure/http-error.ts';
import { TrailhoundError } from '../errors.ts';
import type { Connections } from '../providers/connections.ts';
import { incidentPath, parseIncidentId } from './arm-id.ts';
import { cutHtml } from './cut-html.ts';
import { objectOf, textOf } from './lenient.ts';
import { nameGuid } from './name-guid.ts';
import { settingsOfIncident } from './playbook-rules.ts';

/** Sentinel's REST API, pinned: https://learn.microsoft.com/rest/api/securityinsights/ */
const API_VERSION = '2025-09-01';
export const COMMENT_CHARACTERS = 30_000;
const TASK_CHARACTERS = 3_000;
const TRIES_ON_CONFLICT = 5;

export interface PublishOptions {
  readonly connections: Connections;
  /** The incident's ARM id. */
  readonly armId: string;
  readonly signal?: AbortSignal;
}

/** What became of something that was to be written once. */
export interface Published {
  /** The GUID under which it stands. */
  readonly id: string;
  /** False if it stood there already. */
  readonly written: boolean;
}

/**
 * Writes one comment to an incident, once: its GUID follows from the incident and the investigation, so that a second
 * call finds it. Comments are never edited, for edits do not reach Defender. Longer text is cut to 30,000 characters.
 *
 * @param message HTML as Sentinel shows it: paragraphs, lists, tables, emphasis
 * @throws unauthorized: with the role that is missing · not-found: the incident is gone · limit: it has 100 comments
 */
export async function publishComment(
  options: PublishOptions & { readonly investigationId: string; readonly message: string },
): Promise<Published> {
  const id = nameGuid('comment', options.armId.toLowerCase(), options.investigationId);
  const properties = { message: cutHtml(options.message, COMMENT_CHARACTERS) };
  return putOnce(options, 'comments', id, properties);
}

/** Writes one task to an incident, once for its title in an investigation. At most 3,000 characters of description. */
export async function publishTask(
  options: PublishOptions & { readonly investigationId: string; readonly title: string; readonly description: string },
): Promise<Published> {
  const id = nameGuid('task', options.armId.toLowerCase(), options.investigationId, options.title);
  const description = cutHtml(options.description, TASK_CHARACTERS, '…');
  return putOnce(options, 'tasks', id, { title: options.title.slice(0, 150), description, status: 'New' });
}

/** What of an incident is to change; what is not named stays. */
export interface IncidentChange {
  /** Labels to add; those that are there are kept. */
  readonly addLabels?: readonly string[];
  readonly severity?: 'High' | 'Medium' | 'Low' | 'Informational';
  readonly status?: 'New' | 'Active' | 'Closed';
}

/**
 * Changes an incident. The API replaces it whole, so everything is read and sent back; if someone else changed it
 * meanwhile, it is read again.
 *
 * @returns false if it was so already
 */
export async function updateIncident(options: PublishOptions, change: IncidentChange): Promise<boolean> {
  const { http, path } = open(options);
  const url = `${path}?api-version=${API_VERSION}`;
  for (let tries = 1; ; tries++) {
    const incident = objectOf(await explained(http.json({ method: 'GET', url, signal: options.signal })));
    const properties = objectOf(incident['properties']);
    const changed = changedProperties(properties, change);
    if (!changed) return false;
    try {
      await explained(
        http.json({
          method: 'PUT',
          url,
          json: { etag: incident['etag'], properties: changed },
          signal: options.signal,
        }),
      );
      return true;
    } catch (error) {
      const isConflict = error instanceof TrailhoundError && error.code === 'conflict';
      if (!isConflict || tries >= TRIES_ON_CONFLICT) throw error;
    }
  }
}

/** What the API takes back of an incident; the rest is its own. */
const WRITABLE = [
  'title',
  'description',
  'severity',
  'status',
  'owner',
  'labels',
  'classification',
  'classificationReason',
  'classificationComment',
  'firstActivityTimeUtc',
  'lastActivityTimeUtc',
] as const;

function changedProperties(properties: Readonly<Record<string, unknown>>, change: IncidentChange) {
  const labels = Array.isArray(properties['labels']) ? (properties['labels'] as unknown[]) : [];
  const present = new Set(labels.map((label) => textOf(objectOf(label)['labelName']).toLowerCase()));
  const added = [...new Set(change.addLabels ?? [])].filter((label) => !present.has(label.toLowerCase()));
  const severity = change.severity ?? properties['severity'];
  const status = change.status ?? properties['status'];
  if (added.length === 0 && severity === properties['severity'] && status === properties['status']) return undefined;
  const kept = Object.fromEntries(
    WRITABLE.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
  return {
    ...kept,
    severity,
    status,
    labels: [...labels, ...added.map((labelName) => ({ labelName, labelType: 'User' }))],
  };
}

async function putOnce(options: PublishOptions, what: string, id: string, properties: object): Promise<Published> {
  const { http, path } = open(options);
  const url = `${path}/${what}/${id}?api-version=${API_VERSION}`;
  const { signal } = options;
  const there = await explained(http.send({ method: 'GET', url, accept: [404], signal }));
  if (there.status !== 404) return { id, written: false };
  await requireIncident(http, path, signal);
  await explained(http.send({ method: 'PUT', url, json: { properties }, retryOn: [409, 412], signal }));
  return { id, written: true };
}

/** A comment's 404 is also an incident's: only the incident itself tells which. */
async function requireIncident(http: HttpClient, path: string, signal: AbortSignal | undefined): Promise<void> {
  await explained(http.send({ method: 'GET', url: `${path}?api-version=${API_VERSION}`, signal }));
}

/** A client for the incident's own tenant and cloud. An incident of a workspace that is not ours is not written to. */
function open({ connections, armId }: PublishOptions): { http: HttpClient; path: string } {
  const location = parseIncidentId(armId);
  const { settings } = connections;
  const workspace = settingsOfIncident(settings, { workspace: { ...location, workspaceId: '' } });
  const isUnknown =
    !workspace && settings.workspaces.some((each) => each.workspaceName && each.subscriptionId && each.resourceGroup);
  if (isUnknown) {
    throw new TrailhoundError(
      'unauthorized',
      `the incident lies in workspace ${location.workspaceName}, which the settings do not have`,
      {
        hint: 'Add it under workspaces with subscriptionId, resourceGroup and workspaceName.',
      },
    );
  }
  const connection = workspace ?? settings.workspaces[0] ?? {};
  const { resourceManager } = connections.cloud(connection);
  return {
    http: connections.client('Azure Resource Manager', resourceManager, connection),
    path: incidentPath(location),
  };
}

async function explained<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 403 || error.status === 401) {
      throw new TrailhoundError('unauthorized', error.message, {
        cause: error,
        hint: 'Grant the identity "Microsoft Sentinel Responder" on the resource group of the workspace: az role assignment create --role "Microsoft Sentinel Responder" --assignee <principal id> --scope /subscriptions/<subscription>/resourceGroups/<group>',
      });
    }
    if (error.status === 400 && /\b(maximum|max|limit|exceed)/i.test(error.message)) {
      throw new TrailhoundError('limit', error.message, { cause: error });
    }
    throw error;
  }
}

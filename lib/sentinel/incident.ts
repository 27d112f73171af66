import { createHash } from 'node:crypto';
import { type Entity, type ParsedEntities, parseEntities } from '../entities/index.ts';
import { TrailhoundError } from '../errors.ts';
import { namesOf, parseAlert, type SentinelAlert } from './alert.ts';
import { readIncidentId } from './arm-id.ts';
import { distinct, listOf, objectOf, type Plain, pick, textOf } from './lenient.ts';

/** What an automation rule told us: an incident, or a single alert. */
export interface SentinelIncident {
  readonly trigger: 'incident' | 'alert';
  readonly event: 'create' | 'update' | 'unknown';
  /** The incident's own name (the last part of its ARM id), or the alert's id. */
  readonly incidentId: string;
  /** Empty for an alert that belongs to no incident: there is nowhere to publish to then. */
  readonly armId: string;
  /** The number that people see; null if it was not given. */
  readonly incidentNumber: number | null;
  readonly title: string;
  readonly description: string;
  /** `high`, `medium`, `low` or `informational`; empty if it was not given. */
  readonly severity: string;
  readonly status: string;
  readonly provider: string;
  /** Address of the incident in the portal. */
  readonly url: string;
  readonly labels: readonly string[];
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly products: readonly string[];
  readonly analyticRuleIds: readonly string[];
  readonly createdAt: string | null;
  readonly firstActivityAt: string | null;
  readonly lastActivityAt: string | null;
  readonly lastModifiedAt: string | null;
  readonly workspace: {
    readonly workspaceId: string;
    readonly subscriptionId: string;
    readonly resourceGroup: string;
    readonly workspaceName: string;
  };
  readonly alerts: readonly SentinelAlert[];
  readonly entities: readonly Entity[];
  /** What could not be read of the entities. */
  readonly unread: Pick<ParsedEntities, 'unknownKinds' | 'skipped'>;
  /** SHA-256 (hex) over the sets of entities and alerts, whatever their order: the same hash, nothing new to look at. */
  readonly entitySetHash: string;
}

const MAX_ALERTS = 150;

/**
 * Reads the payload of a Sentinel automation rule (incident created or updated) or of an alert trigger. Every member may
 * be missing or null; only what the payload is about must be there.
 *
 * @throws usage: it is neither, or its ARM id is none
 * @example const incident = parseIncidentPayload(await request.json());
 */
export function parseIncidentPayload(body: unknown): SentinelIncident {
  const root = objectOf(body);
  const object = objectOf(pick(root, 'object'));
  if (textOf(pick(object, 'id')) !== '') return fromIncident(root, object);
  if (textOf(pick(root, 'SystemAlertId')) !== '') return fromAlert(root);
  throw new TrailhoundError(
    'usage',
    'the body is neither the payload of a Sentinel incident nor of an alert: it has no object.id and no SystemAlertId',
    {
      hint: 'Send the body of the trigger "Microsoft Sentinel incident" unchanged; docs/sentinel.md has an example.',
    },
  );
}

function fromIncident(root: Plain, object: Plain): SentinelIncident {
  const armId = textOf(pick(object, 'id'));
  const location = readIncidentId(armId);
  if (!location) {
    throw new TrailhoundError(
      'usage',
      `object.id is not the ARM id of an incident: ${JSON.stringify(armId.slice(0, 200))}`,
      {
        hint: 'As /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…/providers/Microsoft.SecurityInsights/Incidents/…',
      },
    );
  }
  const properties = objectOf(pick(object, 'properties'));
  const text = (...names: string[]) => textOf(pick(properties, ...names));
  const additional = objectOf(pick(properties, 'additionalData'));
  const workspace = objectOf(pick(root, 'workspaceInfo'));
  const alerts = listOf(pick(properties, 'alerts')).slice(0, MAX_ALERTS).map(parseAlert);
  const parsed = parseEntities(pick(properties, 'relatedEntities') ?? []);
  const event = textOf(pick(root, 'objectEventType')).toLowerCase();
  const number = Number(text('incidentNumber') || Number.NaN);
  return {
    trigger: 'incident',
    event: event === 'create' || event === 'update' ? event : 'unknown',
    incidentId: location.incidentName,
    armId,
    incidentNumber: Number.isSafeInteger(number) ? number : null,
    title: text('title'),
    description: text('description'),
    severity: text('severity').toLowerCase(),
    status: text('status').toLowerCase(),
    provider: text('providerName'),
    url: text('incidentUrl'),
    labels: listOf(pick(properties, 'labels'))
      .map((label) => textOf(objectOf(label)['labelName']))
      .filter((name) => name !== ''),
    tactics: gather(pick(additional, 'tactics'), alerts, (alert) => alert.tactics),
    techniques: gather(pick(additional, 'techniques'), alerts, (alert) => alert.techniques),
    products: gather(pick(additional, 'alertProductNames'), alerts, (alert) => (alert.product ? [alert.product] : [])),
    analyticRuleIds: gather(pick(properties, 'relatedAnalyticRuleIds'), alerts, (alert) => alert.analyticRuleIds),
    createdAt: text('createdTimeUtc') || null,
    firstActivityAt: text('firstActivityTimeUtc') || null,
    lastActivityAt: text('lastActivityTimeUtc') || null,
    lastModifiedAt: text('lastModifiedTimeUtc') || null,
    workspace: {
      workspaceId: textOf(pick(root, 'workspaceId')),
      // The id in the address is what is acted upon; what the payload says beside it is not believed over it.
      subscriptionId: location.subscriptionId,
      resourceGroup: location.resourceGroup,
      workspaceName: location.workspaceName || textOf(pick(workspace, 'WorkspaceName')),
    },
    alerts,
    ...entitiesAndHash(parsed, alerts),
  };
}

function fromAlert(root: Plain): SentinelIncident {
  const alert = parseAlert(root);
  const parsed = parseEntities(pick(root, 'Entities') ?? []);
  const text = (...names: string[]) => textOf(pick(root, ...names));
  return {
    trigger: 'alert',
    event: 'create',
    incidentId: alert.alertId,
    armId: '',
    incidentNumber: null,
    title: alert.title,
    description: text('Description'),
    severity: alert.severity,
    status: text('Status').toLowerCase(),
    provider: alert.provider,
    url: text('AlertLink'),
    labels: [],
    tactics: alert.tactics,
    techniques: alert.techniques,
    products: alert.product ? [alert.product] : [],
    analyticRuleIds: alert.analyticRuleIds,
    createdAt: text('TimeGenerated') || null,
    firstActivityAt: alert.startTime,
    lastActivityAt: alert.endTime,
    lastModifiedAt: null,
    workspace: {
      workspaceId: text('WorkspaceId'),
      subscriptionId: text('WorkspaceSubscriptionId'),
      resourceGroup: text('WorkspaceResourceGroup'),
      workspaceName: '',
    },
    alerts: [alert],
    ...entitiesAndHash(parsed, [alert]),
  };
}

function gather(own: unknown, alerts: readonly SentinelAlert[], of: (alert: SentinelAlert) => readonly string[]) {
  return distinct([...namesOf(own), ...alerts.flatMap(of)]);
}

function entitiesAndHash({ entities, unknownKinds, skipped }: ParsedEntities, alerts: readonly SentinelAlert[]) {
  const members = [...entities.map(({ key }) => key), ...alerts.map(({ alertId }) => `alert:${alertId.toLowerCase()}`)];
  const hash = createHash('sha256').update(JSON.stringify(distinct(members).sort()));
  return { entities, unread: { unknownKinds, skipped }, entitySetHash: hash.digest('hex') };
}

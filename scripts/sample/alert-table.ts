import { AlertEntities } from './alert-entities.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';

export const ALERT_FILE = 'alerts.jsonl';
export const INCIDENT_FILE = 'incidents.jsonl';

type Severity = 'High' | 'Medium' | 'Low' | 'Informational';

interface Product {
  readonly provider: string;
  readonly product: string;
  readonly component: string;
}

const PRODUCTS = {
  endpoint: {
    provider: 'MDATP',
    product: 'Microsoft Defender Advanced Threat Protection',
    component: 'Microsoft Defender for Endpoint',
  },
  identity: {
    provider: 'Azure Advanced Threat Protection',
    product: 'Azure Advanced Threat Protection',
    component: 'Microsoft Defender for Identity',
  },
  signIn: {
    provider: 'IPC',
    product: 'Azure Active Directory Identity Protection',
    component: 'Azure Active Directory Identity Protection',
  },
  rule: { provider: 'ASI Scheduled Alerts', product: 'Azure Sentinel', component: 'Scheduled Alerts' },
} as const satisfies Readonly<Record<string, Product>>;

export interface Alert {
  readonly by: keyof typeof PRODUCTS;
  readonly name: string;
  readonly severity: Severity;
  readonly description: string;
  /** Of the first and of the last event that it speaks of. */
  readonly start: number;
  readonly end: number;
  /** From its last event until it is in the table. */
  readonly delayInMs: number;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly compromised: string;
  readonly remediation: readonly string[];
  readonly entities: (entities: AlertEntities) => void;
  /** The query of a scheduled rule. */
  readonly query?: string;
  readonly status?: 'New' | 'Resolved';
}

/** What an incident needs to know of an alert that was raised. */
export interface RaisedAlert {
  readonly id: string;
  readonly raisedAt: number;
  readonly alert: Alert;
}

export function guid(random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
}

const iso = (timeInMs: number) => new Date(timeInMs).toISOString();

/** A row of the table SecurityAlert. */
export function raiseAlert(journal: Journal, random: Random, alert: Alert): RaisedAlert {
  const { provider, product, component } = PRODUCTS[alert.by];
  const id = guid(random);
  const rule = guid(random);
  const original = guid(random);
  const raisedAt = alert.end + alert.delayInMs;
  const entities = new AlertEntities();
  alert.entities(entities);
  const details =
    alert.query === undefined
      ? { 'Detection Source': component, Category: alert.tactics[0], MitreTechniques: alert.techniques.join(', ') }
      : {
          Query: alert.query,
          'Query Period': '01:00:00',
          'Query Start Time UTC': iso(alert.end - 3_600_000),
          'Query End Time UTC': iso(alert.end),
          'Trigger Operator': 'GreaterThan',
          'Trigger Threshold': '0',
          'Event Grouping': 'SingleAlert',
          'Analytic Rule Ids': JSON.stringify([rule]),
          'Analytic Rule Name': alert.name,
        };
  journal.add(ALERT_FILE, 'alert', 'cloud', raisedAt, () => ({
    TimeGenerated: iso(raisedAt),
    Type: 'SecurityAlert',
    DisplayName: alert.name,
    AlertName: alert.name,
    AlertSeverity: alert.severity,
    Description: alert.description,
    ProviderName: provider,
    VendorName: 'Microsoft',
    VendorOriginalId: original,
    SystemAlertId: id,
    AlertType: alert.query === undefined ? alert.name.replaceAll(/\W+/g, '') : rule,
    ConfidenceLevel: alert.query === undefined && alert.severity === 'High' ? 'High' : 'Unknown',
    IsIncident: false,
    StartTime: iso(alert.start),
    EndTime: iso(alert.end),
    ProcessingEndTime: iso(raisedAt - 1200),
    RemediationSteps: JSON.stringify(alert.remediation),
    ExtendedProperties: JSON.stringify(details),
    Entities: entities.text(),
    ExtendedLinks: '[]',
    AlertLink: '',
    SourceSystem: 'Detection',
    ProductName: product,
    ProductComponentName: component,
    Status: alert.status ?? 'New',
    CompromisedEntity: alert.compromised,
    Tactics: alert.tactics.join(', '),
    Techniques: JSON.stringify(alert.techniques),
  }));
  return { id, raisedAt, alert };
}

export interface Incident {
  readonly number: number;
  readonly title: string;
  readonly alerts: readonly RaisedAlert[];
  readonly owner?: string;
  /** How and when it was closed. */
  readonly closed?: {
    readonly at: number;
    readonly classification: string;
    readonly reason: string;
    readonly comment: string;
  };
}

const SEVERITIES: readonly Severity[] = ['Informational', 'Low', 'Medium', 'High'];

/** Rows of the table SecurityIncident: one whenever an alert joins, one when it is closed. */
export function openIncident(journal: Journal, random: Random, incident: Incident): void {
  const name = guid(random);
  const created = incident.alerts[0]!.raisedAt + 4000;
  const write = (at: number, alerts: readonly RaisedAlert[], closed: Incident['closed']) => {
    const worst = alerts.reduce((most, { alert }) => Math.max(most, SEVERITIES.indexOf(alert.severity)), 0);
    const unique = (of: (alert: Alert) => readonly string[]) => [...new Set(alerts.flatMap(({ alert }) => of(alert)))];
    journal.add(INCIDENT_FILE, 'incident', 'cloud', at, () => ({
      TimeGenerated: iso(at),
      Type: 'SecurityIncident',
      IncidentName: name,
      IncidentNumber: incident.number,
      Title: incident.title,
      Description: '',
      Severity: SEVERITIES[worst],
      Status: closed ? 'Closed' : alerts.length > 1 ? 'Active' : 'New',
      Classification: closed?.classification ?? '',
      ClassificationReason: closed?.reason ?? '',
      ClassificationComment: closed?.comment ?? '',
      Owner: { assignedTo: incident.owner && alerts.length > 1 ? incident.owner : null },
      ProviderName: 'Azure Sentinel',
      ProviderIncidentId: String(incident.number),
      AlertIds: alerts.map(({ id }) => id),
      BookmarkIds: [],
      Comments: [],
      Labels: [],
      RelatedAnalyticRuleIds: [],
      AdditionalData: {
        alertsCount: alerts.length,
        alertProductNames: unique(({ by }) => [PRODUCTS[by].product]),
        tactics: unique(({ tactics }) => tactics),
        techniques: unique(({ techniques }) => techniques),
      },
      FirstActivityTime: iso(Math.min(...alerts.map(({ alert }) => alert.start))),
      LastActivityTime: iso(Math.max(...alerts.map(({ alert }) => alert.end))),
      CreatedTime: iso(created),
      LastModifiedTime: iso(at),
      ...(closed && { ClosedTime: iso(at) }),
      SourceSystem: 'Azure',
    }));
  };
  incident.alerts.forEach(({ raisedAt }, index) => {
    write(raisedAt + 4000, incident.alerts.slice(0, index + 1), undefined);
  });
  if (incident.closed) write(incident.closed.at, incident.alerts, incident.closed);
}

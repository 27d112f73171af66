import type { SettingsOf } from '../config/provider-schema.ts';
import type { AnswerResources } from './answers/answer-collector.ts';
import type { ListColumn } from './answers/list-form.ts';
import type { Connections } from './connections.ts';
import type { QueryProvider } from './provider.ts';
import { restProvider } from './rest-provider.ts';
import { odataQuery, odataTime, type RestTable } from './rest-table.ts';

const text = (name: string, from: string): ListColumn => ({ name, type: 'string', from });
const time = (name: string, from: string): ListColumn => ({ name, type: 'datetime', from });
const dynamic = (name: string, from: string): ListColumn => ({ name, type: 'dynamic', from });

function listOf(path: string, pageSize: number): Pick<RestTable, 'url' | 'pageSize'> {
  return {
    pageSize,
    url(_scope, { timeRange }, skipped) {
      const range = timeRange && odataTime(timeRange);
      return `v1.0/security/${path}?${odataQuery({
        $top: String(pageSize),
        ...(skipped > 0 ? { $skip: String(skipped) } : {}),
        ...(range ? { $filter: `createdDateTime ge ${range.from} and createdDateTime le ${range.to}` } : {}),
      })}`;
    },
  };
}

/**
 * Sources: learn.microsoft.com/graph/api/security-list-alerts_v2, …/security-list-incidents and, for the members,
 * …/resources/security-alert and …/resources/security-incident. Both lists may leave out the link to a next page.
 */
const TABLES: readonly RestTable[] = [
  {
    name: 'SecurityAlerts',
    ...listOf('alerts_v2', 500),
    timeColumn: 'TimeGenerated',
    columns: [
      time('TimeGenerated', 'createdDateTime'),
      text('AlertId', 'id'),
      text('IncidentId', 'incidentId'),
      text('Title', 'title'),
      text('Description', 'description'),
      text('Severity', 'severity'),
      text('Status', 'status'),
      text('Category', 'category'),
      text('ServiceSource', 'serviceSource'),
      text('DetectionSource', 'detectionSource'),
      text('ProductName', 'productName'),
      text('Classification', 'classification'),
      text('Determination', 'determination'),
      text('AssignedTo', 'assignedTo'),
      text('ProviderAlertId', 'providerAlertId'),
      text('DetectorId', 'detectorId'),
      text('TenantId', 'tenantId'),
      text('ActorName', 'actorDisplayName'),
      text('ThreatName', 'threatDisplayName'),
      text('ThreatFamily', 'threatFamilyName'),
      text('RecommendedActions', 'recommendedActions'),
      text('AlertUrl', 'alertWebUrl'),
      time('FirstActivity', 'firstActivityDateTime'),
      time('LastActivity', 'lastActivityDateTime'),
      time('LastUpdate', 'lastUpdateDateTime'),
      time('Resolved', 'resolvedDateTime'),
      dynamic('SystemTags', 'systemTags'),
      dynamic('Comments', 'comments'),
      dynamic('MitreTechniques', 'mitreTechniques'),
      dynamic('Evidence', 'evidence'),
      dynamic('AdditionalData', 'additionalData'),
    ],
  },
  {
    name: 'SecurityIncidents',
    ...listOf('incidents', 50),
    timeColumn: 'TimeGenerated',
    columns: [
      time('TimeGenerated', 'createdDateTime'),
      text('IncidentId', 'id'),
      text('Title', 'displayName'),
      text('Description', 'description'),
      text('Summary', 'summary'),
      text('Severity', 'severity'),
      text('Status', 'status'),
      text('Classification', 'classification'),
      text('Determination', 'determination'),
      text('AssignedTo', 'assignedTo'),
      text('TenantId', 'tenantId'),
      text('IncidentUrl', 'incidentWebUrl'),
      text('RedirectIncidentId', 'redirectIncidentId'),
      time('LastUpdate', 'lastUpdateDateTime'),
      text('LastModifiedBy', 'lastModifiedBy'),
      text('ResolvingComment', 'resolvingComment'),
      dynamic('Tags', 'customTags'),
      dynamic('SystemTags', 'systemTags'),
      dynamic('Comments', 'comments'),
    ],
  },
];

/** Alerts and incidents of Microsoft Graph Security. */
export function graphSecurity(
  name: string,
  options: SettingsOf<'graph-security'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const service = 'Microsoft Graph Security';
  const rest = {
    service,
    client: () => connections.client(service, connections.cloud(options).graph, options),
    scopes: [''],
    tables: TABLES,
    timeoutInMs: options.timeoutInMs ?? 60_000,
  };
  return restProvider(name, rest, resources);
}

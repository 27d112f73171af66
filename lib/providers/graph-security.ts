import type { SettingsOf } from '../config/provider-schema.ts';
import type { AnswerResources } from './answers/answer-collector.ts';
import type { ListColumn } from './answers/list-form.ts';
import type { Connections } from './connections.ts';
import type { QueryProvider } from './provider.ts';
import { restProvider } from './rest-provider.ts';
import { odataTime, type RestTable } from './rest-table.ts';

const text = (name: string, from: string): ListColumn => ({ name, type: 'string', from });
const time = (name: string, from: string): ListColumn => ({ name, type: 'datetime', from });
const dynamic = (name: string, from: string): ListColumn => ({ name, type: 'dynamic', from });

function listOf(path: string, pageSize: number): RestTable['url'] {
  return (_scope, timeRange) => {
    const query = new URLSearchParams({ $top: String(pageSize) });
    if (timeRange) {
      const { from, to } = odataTime(timeRange);
      query.set('$filter', `createdDateTime ge ${from} and createdDateTime le ${to}`);
    }
    return `v1.0/security/${path}?${query}`;
  };
}

/** Source: learn.microsoft.com/graph/api/resources/security-alert and …/security-incident */
const TABLES: readonly RestTable[] = [
  {
    name: 'SecurityAlerts',
    url: listOf('alerts_v2', 500),
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
      text('AlertUrl', 'alertWebUrl'),
      time('FirstActivity', 'firstActivityDateTime'),
      time('LastActivity', 'lastActivityDateTime'),
      time('LastUpdate', 'lastUpdateDateTime'),
      dynamic('MitreTechniques', 'mitreTechniques'),
      dynamic('Evidence', 'evidence'),
      dynamic('AdditionalData', 'additionalData'),
    ],
  },
  {
    name: 'SecurityIncidents',
    url: listOf('incidents', 50),
    timeColumn: 'TimeGenerated',
    columns: [
      time('TimeGenerated', 'createdDateTime'),
      text('IncidentId', 'id'),
      text('Title', 'displayName'),
      text('Severity', 'severity'),
      text('Status', 'status'),
      text('Classification', 'classification'),
      text('Determination', 'determination'),
      text('AssignedTo', 'assignedTo'),
      text('IncidentUrl', 'incidentWebUrl'),
      text('RedirectIncidentId', 'redirectIncidentId'),
      time('LastUpdate', 'lastUpdateDateTime'),
      dynamic('Tags', 'customTags'),
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

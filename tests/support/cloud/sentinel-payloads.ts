/** Payloads in the form that the connector "Microsoft Sentinel" sends (learn.microsoft.com/connectors/azuresentinel). */
export const WORKSPACE_PATH =
  '/subscriptions/22222222-2222-3333-4444-555555555555/resourceGroups/rg-soc/providers/Microsoft.OperationalInsights/workspaces/law-soc';
export const INCIDENT_ID = `${WORKSPACE_PATH}/providers/Microsoft.SecurityInsights/Incidents/73e01a99-5cd7-4139-a149-9f2736ff2ab5`;

export function incidentPayload(): Record<string, unknown> {
  return {
    eventUniqueId: '0b1d3d2e-7d21-4b08-a0e1-7e4b9c2d1f10',
    objectSchemaType: 'Incident',
    objectEventType: 'Create',
    workspaceInfo: {
      SubscriptionId: '22222222-2222-3333-4444-555555555555',
      ResourceGroupName: 'rg-soc',
      WorkspaceName: 'law-soc',
    },
    workspaceId: '11111111-2222-3333-4444-555555555555',
    object: {
      id: INCIDENT_ID,
      name: '73e01a99-5cd7-4139-a149-9f2736ff2ab5',
      etag: '"1900ee6a"',
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        title: 'Credential dumping on ws-17',
        description: null,
        severity: 'High',
        status: 'New',
        owner: { objectId: null, email: null, assignedTo: null, userPrincipalName: null },
        labels: [{ labelName: 'red team', labelType: 'User' }],
        firstActivityTimeUtc: '2024-05-01T09:00:00Z',
        lastActivityTimeUtc: '2024-05-01T10:00:00Z',
        lastModifiedTimeUtc: '2024-05-01T10:06:00Z',
        createdTimeUtc: '2024-05-01T10:05:00Z',
        incidentNumber: 3177,
        additionalData: {
          alertsCount: 1,
          alertProductNames: ['Azure Sentinel'],
          tactics: ['CredentialAccess'],
          techniques: ['T1003'],
        },
        relatedAnalyticRuleIds: [`${WORKSPACE_PATH}/providers/Microsoft.SecurityInsights/alertRules/rule-1`],
        incidentUrl: 'https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident',
        providerName: 'Azure Sentinel',
        providerIncidentId: '3177',
        alerts: [
          {
            id: `${WORKSPACE_PATH}/providers/Microsoft.SecurityInsights/Entities/a1`,
            name: 'a1',
            type: 'Microsoft.SecurityInsights/Entities',
            kind: 'SecurityAlert',
            properties: {
              systemAlertId: 'a1b2',
              tactics: ['CredentialAccess'],
              alertDisplayName: 'LSASS read',
              severity: 'High',
              vendorName: 'Microsoft',
              productName: 'Azure Sentinel',
              alertType: 'rule-1',
              startTimeUtc: '2024-05-01T09:00:00Z',
              endTimeUtc: '2024-05-01T10:00:00Z',
              additionalData: {
                Query: 'SecurityEvent | where EventID == 4656',
                'Query Start Time UTC': '2024-05-01 09:00:00Z',
                'Query End Time UTC': '2024-05-01 10:00:00Z',
                'Analytic Rule Ids': '["rule-1"]',
              },
            },
          },
        ],
        bookmarks: [],
        relatedEntities: [
          {
            id: `${WORKSPACE_PATH}/providers/Microsoft.SecurityInsights/Entities/e1`,
            kind: 'Host',
            properties: { hostName: 'ws-17', dnsDomain: 'contoso.example' },
          },
          {
            id: `${WORKSPACE_PATH}/providers/Microsoft.SecurityInsights/Entities/e2`,
            kind: 'Account',
            properties: { accountName: 'alex', upnSuffix: 'contoso.example' },
          },
          { kind: 'Ip', properties: { address: '198.51.100.7' } },
          { kind: 'ip', properties: { address: '203.0.113.9' } },
        ],
        comments: [],
      },
    },
  };
}

export const ALERT_PAYLOAD = {
  SystemAlertId: 'c3d4',
  AlertType: 'rule-2',
  AlertDisplayName: 'Sign-in from a new country',
  Severity: 'Medium',
  ProductName: 'Azure Sentinel',
  WorkspaceId: '11111111-2222-3333-4444-555555555555',
  WorkspaceSubscriptionId: '22222222-2222-3333-4444-555555555555',
  WorkspaceResourceGroup: 'rg-soc',
  StartTimeUtc: '2024-05-01T09:00:00Z',
  EndTimeUtc: '2024-05-01T10:00:00Z',
  ExtendedProperties: '{"Query":"SigninLogs"}',
  Entities: [{ $id: '1', Type: 'account', Name: 'alex', UPNSuffix: 'contoso.example' }],
};

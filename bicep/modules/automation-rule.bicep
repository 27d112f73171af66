// Runs the Logic App for every new incident of the workspace.

param workspaceName string

@description('Resource id of the Logic App')
param logicAppId string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource rule 'Microsoft.SecurityInsights/automationRules@2025-09-01' = {
  name: guid(workspace.id, logicAppId)
  scope: workspace
  properties: {
    displayName: 'Investigate with Trailhound'
    order: 100
    triggeringLogic: {
      isEnabled: true
      triggersOn: 'Incidents'
      triggersWhen: 'Created'
      conditions: []
    }
    actions: [
      {
        order: 1
        actionType: 'RunPlaybook'
        actionConfiguration: {
          logicAppResourceId: logicAppId
          tenantId: subscription().tenantId
        }
      }
    ]
  }
}

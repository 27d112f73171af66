// What app and Logic App may do in the resource group of Sentinel's workspace. Assigned at the group, because
// Sentinel's own resources lie beside the workspace.

@description('Object id of the identity that the app runs as')
param appPrincipalId string

@description('Object id of the Logic App')
param logicAppPrincipalId string

@description('Let the app write threat intelligence and tags beyond what a responder may')
param mayContribute bool

// Log Analytics Reader: run the queries.
resource readLogs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, appPrincipalId, '73c42c96-874c-492b-b04d-ab87d138a893')
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '73c42c96-874c-492b-b04d-ab87d138a893')
  }
}

// Microsoft Sentinel Responder: read incidents, write comments, tags and tasks.
resource respond 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, appPrincipalId, '3e150937-b8fe-4cfb-8069-0eaf05ecd056')
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3e150937-b8fe-4cfb-8069-0eaf05ecd056')
  }
}

// Microsoft Sentinel Contributor: only for the upload of indicators.
resource contribute 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (mayContribute) {
  name: guid(resourceGroup().id, appPrincipalId, 'ab8e14d6-4a74-4a29-9ba8-549422addade')
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ab8e14d6-4a74-4a29-9ba8-549422addade')
  }
}

// Microsoft Sentinel Reader: the Logic App receives incidents.
resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, logicAppPrincipalId, '8d289c81-5878-46d4-8554-54e1e3d8b5cb')
  properties: {
    principalId: logicAppPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '8d289c81-5878-46d4-8554-54e1e3d8b5cb')
  }
}

// Everything that Trailhound needs in Azure: storage, identity, Key Vault, telemetry, the app, the Logic App that
// Sentinel calls, and the roles between them. No key and no password: identities only.

targetScope = 'resourceGroup'

@description('Name that all resources begin with: 3 to 14 lower-case letters and digits')
@minLength(3)
@maxLength(14)
param name string = 'trailhound'

@description('Region of all resources')
param location string = resourceGroup().location

@description('Name of the Log Analytics workspace that has Microsoft Sentinel')
param workspaceName string

@description('Resource group of that workspace')
param workspaceResourceGroup string = resourceGroup().name

@description('Subscription of that workspace')
param workspaceSubscriptionId string = subscription().subscriptionId

@description('Playbook that investigates incidents, where no rule of the settings chooses another')
param playbook string = 'host-triage'

@description('Client id of an app registration for calls to the app (App Service authentication); empty: function keys')
param authClientId string = ''

@description('Object id of the enterprise application "Azure Security Insights" in this tenant, so that automation rules may run the Logic App; empty: grant it later')
param sentinelPrincipalId string = ''

@description('Make the automation rule that runs the Logic App for each new incident')
param createAutomationRule bool = false

@description('Let the app upload threat intelligence (Microsoft Sentinel Contributor)')
param mayContribute bool = false

@description('Address of the package of a release; empty: deploy it later with az functionapp deployment')
param packageUri string = ''

@description('Most instances that the app may scale to')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Memory of an instance, in MB')
@allowed([
  2048
  4096
])
param instanceMemoryInMB int = 4096

param tags object = {}

var suffix = uniqueString(resourceGroup().id, name)
var appName = '${name}-${suffix}'
var clouds = {
  AzureCloud: 'global'
  AzureUSGovernment: 'usgov'
  AzureChinaCloud: 'cn'
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
  scope: resourceGroup(workspaceSubscriptionId, workspaceResourceGroup)
}

module identity 'modules/identity.bicep' = {
  name: '${name}-identity'
  params: {
    name: '${name}-identity'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: '${name}-storage'
  params: {
    name: take('${name}${suffix}', 24)
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: '${name}-key-vault'
  params: {
    name: take('${name}-${suffix}', 24)
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module insights 'modules/insights.bicep' = {
  name: '${name}-insights'
  params: {
    name: '${name}-insights'
    location: location
    tags: tags
    workspaceResourceId: workspace.id
    principalId: identity.outputs.principalId
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: '${name}-app'
  params: {
    name: appName
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.accountName
    blobEndpoint: storage.outputs.blobEndpoint
    insightsConnectionString: insights.outputs.connectionString
    keyVaultUri: keyVault.outputs.uri
    cloud: clouds[environment().name]
    workspaceId: workspace.properties.customerId
    workspaceName: workspaceName
    workspaceSubscriptionId: workspaceSubscriptionId
    workspaceResourceGroup: workspaceResourceGroup
    playbook: playbook
    authClientId: authClientId
    packageUri: packageUri
    maximumInstances: maximumInstances
    instanceMemoryInMB: instanceMemoryInMB
  }
}

module logicApp 'modules/logic-app.bicep' = {
  name: '${name}-logic-app'
  params: {
    name: '${name}-incident'
    location: location
    tags: tags
    appHostName: functionApp.outputs.hostName
    authClientId: authClientId
    functionKey: empty(authClientId) ? listKeys(resourceId('Microsoft.Web/sites/host', appName, 'default'), '2024-04-01').functionKeys.default : ''
  }
}

module sentinelRoles 'modules/sentinel-roles.bicep' = {
  name: '${name}-sentinel-roles'
  scope: resourceGroup(workspaceSubscriptionId, workspaceResourceGroup)
  params: {
    appPrincipalId: identity.outputs.principalId
    logicAppPrincipalId: logicApp.outputs.principalId
    mayContribute: mayContribute
  }
}

// Microsoft Sentinel Automation Contributor for Sentinel's own principal, on the group that holds the Logic App:
// without it an automation rule cannot run it.
resource automationRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(sentinelPrincipalId)) {
  name: guid(resourceGroup().id, sentinelPrincipalId, 'f4c81013-99ee-4d62-a7ee-b3f1f648599a')
  properties: {
    principalId: sentinelPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f4c81013-99ee-4d62-a7ee-b3f1f648599a')
  }
}

module automationRule 'modules/automation-rule.bicep' = if (createAutomationRule) {
  name: '${name}-automation-rule'
  scope: resourceGroup(workspaceSubscriptionId, workspaceResourceGroup)
  params: {
    workspaceName: workspaceName
    logicAppId: logicApp.outputs.id
  }
  dependsOn: [
    automationRole
  ]
}

output appName string = appName
output appAddress string = 'https://${functionApp.outputs.hostName}'
output logicAppId string = logicApp.outputs.id
output keyVaultUri string = keyVault.outputs.uri

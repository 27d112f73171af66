// The app on Flex Consumption, Node 22. It runs from a package in the storage account, with its identity everywhere.

param name string
param location string
param tags object

@description('Resource id of the identity that the app runs as')
param identityId string

@description('Client id of that identity')
param identityClientId string

param storageAccountName string
param blobEndpoint string
param insightsConnectionString string
param keyVaultUri string

@description('Name of the national cloud in the settings: global, usgov or cn')
param cloud string

@description('Id of the workspace, as queries name it')
param workspaceId string

param workspaceName string
param workspaceSubscriptionId string
param workspaceResourceGroup string

@description('Playbook for incidents that no rule of the settings chooses one for')
param playbook string

@description('Client id of the app registration that callers must have a token for; empty: function keys')
param authClientId string

@description('Address of the package, for a deployment from the portal; empty: it is deployed later')
param packageUri string

@minValue(40)
@maxValue(1000)
param maximumInstances int

@allowed([
  2048
  4096
])
param instanceMemoryInMB int

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}packages'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: '22'
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: instanceMemoryInMB
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: storageAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    TRAILHOUND_TASK_HUB: 'trailhound'
    TRAILHOUND__cloud: cloud
    TRAILHOUND__identity__methods: '["managed-identity"]'
    TRAILHOUND__identity__clientId: identityClientId
    TRAILHOUND__storage__accountUrl: blobEndpoint
    TRAILHOUND__keyVault: keyVaultUri
    TRAILHOUND__workspaces__0__name: 'sentinel'
    TRAILHOUND__workspaces__0__workspaceId: workspaceId
    TRAILHOUND__workspaces__0__workspaceName: workspaceName
    TRAILHOUND__workspaces__0__subscriptionId: workspaceSubscriptionId
    TRAILHOUND__workspaces__0__resourceGroup: workspaceResourceGroup
    TRAILHOUND__sentinel__playbookRules__0__playbook: playbook
  }
}

resource auth 'Microsoft.Web/sites/config@2024-04-01' = if (!empty(authClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: authClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${subscription().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            'api://${authClientId}'
          ]
        }
      }
    }
  }
  dependsOn: [
    settings
  ]
}

resource package 'Microsoft.Web/sites/extensions@2022-09-01' = if (!empty(packageUri)) {
  parent: app
  name: 'onedeploy'
  properties: {
    packageUri: packageUri
    remoteBuild: false
  }
  dependsOn: [
    settings
  ]
}

output id string = app.id
output hostName string = app.properties.defaultHostName

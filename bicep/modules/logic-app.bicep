// The way in from Sentinel: automation rules call Logic Apps and nothing else. This one hands the incident over and
// ends; the app answers 202 at once.

param name string
param location string
param tags object

@description('Host name of the app')
param appHostName string

@description('Client id of the app registration that the app asks a token for; empty: a function key')
param authClientId string

@description('Function key, where no app registration is used')
@secure()
param functionKey string

var incidentAddress = 'https://${appHostName}/api/sentinel/incident'
var identityAuthentication = {
  type: 'ManagedServiceIdentity'
  audience: 'api://${authClientId}'
}

resource connection 'Microsoft.Web/connections@2016-06-01' = {
  name: '${name}-sentinel'
  location: location
  tags: tags
  kind: 'V1'
  properties: {
    displayName: '${name}-sentinel'
    parameterValueType: 'Alternative'
    api: {
      id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')
    }
  }
}

resource workflow 'Microsoft.Logic/workflows@2019-05-01' = {
  name: name
  location: location
  tags: union(tags, {
    LogicAppsCategory: 'security'
    'hidden-SentinelTemplateName': 'Trailhound'
    'hidden-SentinelTemplateVersion': '1.0'
  })
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      parameters: {
        '$connections': {
          type: 'Object'
          defaultValue: {}
        }
        functionKey: {
          type: 'SecureString'
        }
      }
      triggers: {
        // The name of this trigger is part of Sentinel's contract: it must never change.
        Microsoft_Sentinel_incident: {
          type: 'ApiConnectionWebhook'
          inputs: {
            body: {
              callback_url: '@{listCallbackUrl()}'
            }
            host: {
              connection: {
                name: '@parameters(\'$connections\')[\'azuresentinel\'][\'connectionId\']'
              }
            }
            path: '/incident-creation'
          }
        }
      }
      actions: {
        Investigate: {
          type: 'Http'
          runAfter: {}
          // The investigation goes on by itself: nobody waits for it here.
          operationOptions: 'DisableAsyncPattern'
          inputs: union({
            method: 'POST'
            uri: incidentAddress
            body: '@triggerBody()'
            retryPolicy: {
              type: 'exponential'
              count: 4
              interval: 'PT15S'
            }
          }, empty(authClientId) ? {
            headers: {
              'Content-Type': 'application/json'
              'x-functions-key': '@parameters(\'functionKey\')'
            }
          } : {
            headers: {
              'Content-Type': 'application/json'
            }
            authentication: identityAuthentication
          })
          runtimeConfiguration: {
            secureData: {
              properties: [
                'inputs'
              ]
            }
          }
        }
      }
      outputs: {}
    }
    parameters: {
      '$connections': {
        value: {
          azuresentinel: {
            connectionId: connection.id
            connectionName: connection.name
            id: subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')
            connectionProperties: {
              authentication: {
                type: 'ManagedServiceIdentity'
              }
            }
          }
        }
      }
      functionKey: {
        value: functionKey
      }
    }
  }
}

output id string = workflow.id
output principalId string = workflow.identity.principalId

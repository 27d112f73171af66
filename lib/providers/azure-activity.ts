import type { SettingsOf } from '../config/provider-schema.ts';
import type { KqlType } from '../tables/index.ts';
import type { AnswerResources } from './answers/answer-collector.ts';
import type { ListColumn } from './answers/list-form.ts';
import { METRICS } from './azure-metrics.ts';
import type { Connections } from './connections.ts';
import type { QueryProvider } from './provider.ts';
import { restProvider } from './rest-provider.ts';
import { odataQuery, odataTime, type RestTable } from './rest-table.ts';

/** Column → member of the item; text unless a type is named. */
function columns(members: Readonly<Record<string, string | readonly [KqlType, string]>>): ListColumn[] {
  return Object.entries(members).map(([name, member]) =>
    typeof member === 'string' ? { name, type: 'string', from: member } : { name, type: member[0], from: member[1] },
  );
}

function listOf(path: string, apiVersion: string, more: Readonly<Record<string, string>> = {}): RestTable['url'] {
  return (subscription) => `subscriptions/${subscription}${path}?${odataQuery({ 'api-version': apiVersion, ...more })}`;
}

/**
 * Sources: learn.microsoft.com/rest/api/monitor/activity-logs/list, …/rest/api/resources, …/rest/api/compute,
 * …/rest/api/virtualnetwork
 */
const TABLES: readonly RestTable[] = [
  {
    name: 'AzureActivity',
    timeColumn: 'TimeGenerated',
    keptInDays: 90,
    url(subscription, { timeRange }) {
      // The service refuses to be asked without a time.
      const { from, to } = odataTime(timeRange!);
      const query = odataQuery({
        'api-version': '2015-04-01',
        $filter: `eventTimestamp ge '${from}' and eventTimestamp le '${to}'`,
      });
      return `subscriptions/${subscription}/providers/Microsoft.Insights/eventtypes/management/values?${query}`;
    },
    columns: columns({
      TimeGenerated: ['datetime', 'eventTimestamp'],
      EventDataId: 'eventDataId',
      OperationNameValue: 'operationName.value',
      OperationName: 'operationName.localizedValue',
      ActivityStatusValue: 'status.value',
      ActivitySubstatusValue: 'subStatus.value',
      CategoryValue: 'category.value',
      Level: 'level',
      Caller: 'caller',
      CallerIpAddress: 'httpRequest.clientIpAddress',
      CorrelationId: 'correlationId',
      ResourceGroup: 'resourceGroupName',
      ResourceProviderValue: 'resourceProviderName.value',
      _ResourceId: 'resourceId',
      SubscriptionId: 'subscriptionId',
      TenantId: 'tenantId',
      Authorization: ['dynamic', 'authorization'],
      Claims: ['dynamic', 'claims'],
      Properties: ['dynamic', 'properties'],
    }),
  },
  {
    name: 'Subscriptions',
    hasNoScope: true,
    url: () => 'subscriptions?api-version=2022-12-01',
    columns: columns({
      SubscriptionId: 'subscriptionId',
      Name: 'displayName',
      State: 'state',
      TenantId: 'tenantId',
      LocationPlacementId: 'subscriptionPolicies.locationPlacementId',
      QuotaId: 'subscriptionPolicies.quotaId',
      SpendingLimit: 'subscriptionPolicies.spendingLimit',
    }),
  },
  {
    name: 'Resources',
    url: listOf('/resources', '2021-04-01', { $expand: 'createdTime,changedTime,provisioningState' }),
    columns: columns({
      ResourceId: 'id',
      Name: 'name',
      Type: 'type',
      Kind: 'kind',
      Location: 'location',
      ManagedBy: 'managedBy',
      ProvisioningState: 'provisioningState',
      TimeCreated: ['datetime', 'createdTime'],
      TimeChanged: ['datetime', 'changedTime'],
      Plan: ['dynamic', 'plan'],
      Sku: ['dynamic', 'sku'],
      Tags: ['dynamic', 'tags'],
      Identity: ['dynamic', 'identity'],
    }),
  },
  {
    name: 'VirtualMachines',
    url: listOf('/providers/Microsoft.Compute/virtualMachines', '2024-07-01'),
    columns: columns({
      ResourceId: 'id',
      Name: 'name',
      VmId: 'properties.vmId',
      Location: 'location',
      Size: 'properties.hardwareProfile.vmSize',
      ComputerName: 'properties.osProfile.computerName',
      AdminUsername: 'properties.osProfile.adminUsername',
      OsType: 'properties.storageProfile.osDisk.osType',
      Image: ['dynamic', 'properties.storageProfile.imageReference'],
      NetworkInterfaces: ['dynamic', 'properties.networkProfile.networkInterfaces'],
      TimeCreated: ['datetime', 'properties.timeCreated'],
      ProvisioningState: 'properties.provisioningState',
      Tags: ['dynamic', 'tags'],
    }),
  },
  {
    name: 'VirtualMachineStates',
    url: listOf('/providers/Microsoft.Compute/virtualMachines', '2024-07-01', { statusOnly: 'true' }),
    columns: columns({
      ResourceId: 'id',
      Name: 'name',
      Location: 'location',
      ComputerName: 'properties.instanceView.computerName',
      OsName: 'properties.instanceView.osName',
      OsVersion: 'properties.instanceView.osVersion',
      AgentVersion: 'properties.instanceView.vmAgent.vmAgentVersion',
      Statuses: ['dynamic', 'properties.instanceView.statuses'],
    }),
  },
  {
    name: 'NetworkInterfaces',
    url: listOf('/providers/Microsoft.Network/networkInterfaces', '2024-05-01'),
    columns: columns({
      ResourceId: 'id',
      Name: 'name',
      Location: 'location',
      MacAddress: 'properties.macAddress',
      VirtualMachine: 'properties.virtualMachine.id',
      NetworkSecurityGroup: 'properties.networkSecurityGroup.id',
      IpConfigurations: ['dynamic', 'properties.ipConfigurations'],
    }),
  },
  {
    name: 'NetworkAddresses',
    url: listOf('/providers/Microsoft.Network/networkInterfaces', '2024-05-01'),
    rowsIn: [['properties.ipConfigurations']],
    columns: columns({
      InterfaceId: '../id',
      VirtualMachine: '../properties.virtualMachine.id',
      Name: 'name',
      PrivateIp: 'properties.privateIPAddress',
      PrivateIpAllocation: 'properties.privateIPAllocationMethod',
      IsPrimary: ['bool', 'properties.primary'],
      PublicIpId: 'properties.publicIPAddress.id',
      Subnet: 'properties.subnet.id',
      NetworkSecurityGroup: '../properties.networkSecurityGroup.id',
      ApplicationSecurityGroups: ['dynamic', 'properties.applicationSecurityGroups'],
    }),
  },
  {
    name: 'PublicIpAddresses',
    url: listOf('/providers/Microsoft.Network/publicIPAddresses', '2024-05-01'),
    columns: columns({
      ResourceId: 'id',
      Name: 'name',
      Location: 'location',
      IpAddress: 'properties.ipAddress',
      Allocation: 'properties.publicIPAllocationMethod',
      DnsName: 'properties.dnsSettings.fqdn',
      IpConfiguration: 'properties.ipConfiguration.id',
    }),
  },
  {
    name: 'NetworkSecurityRules',
    url: listOf('/providers/Microsoft.Network/networkSecurityGroups', '2024-05-01'),
    rowsIn: [['properties.securityRules', 'properties.defaultSecurityRules']],
    columns: columns({
      NetworkSecurityGroup: '../id',
      Name: 'name',
      Description: 'properties.description',
      Priority: ['int', 'properties.priority'],
      Direction: 'properties.direction',
      Access: 'properties.access',
      Protocol: 'properties.protocol',
      SourcePort: 'properties.sourcePortRange',
      SourcePorts: ['dynamic', 'properties.sourcePortRanges'],
      DestinationPort: 'properties.destinationPortRange',
      DestinationPorts: ['dynamic', 'properties.destinationPortRanges'],
      SourceAddress: 'properties.sourceAddressPrefix',
      SourceAddresses: ['dynamic', 'properties.sourceAddressPrefixes'],
      DestinationAddress: 'properties.destinationAddressPrefix',
      DestinationAddresses: ['dynamic', 'properties.destinationAddressPrefixes'],
    }),
  },
  {
    name: 'NetworkSecurityGroups',
    url: listOf('/providers/Microsoft.Network/networkSecurityGroups', '2024-05-01'),
    columns: columns({
      ResourceId: 'id',
      Name: 'name',
      Location: 'location',
      Rules: ['dynamic', 'properties.securityRules'],
      DefaultRules: ['dynamic', 'properties.defaultSecurityRules'],
    }),
  },
];

/** The activity log of subscriptions, and what is in them: machines, network interfaces, resources. */
export function azureActivity(
  name: string,
  options: SettingsOf<'azure-activity'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const service = 'Azure Resource Manager';
  const rest = {
    service,
    client: () => connections.client(service, connections.cloud(options).resourceManager, options),
    scopes: options.subscriptions,
    tables: [...TABLES, METRICS],
    timeoutInMs: options.timeoutInMs ?? 60_000,
  };
  return restProvider(name, rest, resources);
}

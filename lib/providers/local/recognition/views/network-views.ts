import { columns, DEVICE_EVENT, type NormalizedView, SYSMON_EVENT } from './normalized-view.ts';

/** Connections and names that were looked up. */
export const NETWORK_VIEWS: readonly NormalizedView[] = [
  {
    name: 'NetworkConnection',
    description: 'Connections over the network',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid Protocol SourceIp SourcePort:int DestinationIp DestinationPort:int DestinationHostname Direction Action Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['3'] },
        columns: {
          ...SYSMON_EVENT,
          Protocol: 'Protocol',
          SourceIp: 'SourceIp',
          SourcePort: 'SourcePort',
          DestinationIp: 'DestinationIp',
          DestinationPort: 'DestinationPort',
          DestinationHostname: 'DestinationHostname',
          Direction: { name: 'Initiated', among: { true: 'outbound', false: 'inbound' } },
          Action: { text: 'connected' },
        },
      },
      {
        table: 'SecurityEvent',
        where: { EventID: ['5156', '5157'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Image: 'Application',
          ProcessId: 'ProcessId',
          Protocol: { name: 'Protocol', among: { '1': 'icmp', '6': 'tcp', '17': 'udp' } },
          SourceIp: 'SourceAddress',
          SourcePort: 'SourcePort',
          DestinationIp: 'DestAddress',
          DestinationPort: 'DestPort',
          Direction: { name: 'Direction', among: { '%%14592': 'inbound', '%%14593': 'outbound' } },
          Action: { name: 'EventID', among: { '5156': 'allowed', '5157': 'blocked' } },
          Source: { text: 'SecurityEvent' },
        },
      },
      {
        table: 'DeviceNetworkEvents',
        where: {},
        columns: {
          ...DEVICE_EVENT,
          Protocol: 'Protocol',
          SourceIp: 'LocalIP',
          SourcePort: 'LocalPort',
          DestinationIp: 'RemoteIP',
          DestinationPort: 'RemotePort',
          DestinationHostname: 'RemoteUrl',
          Action: 'ActionType',
          Source: { text: 'DeviceNetworkEvents' },
        },
      },
      {
        table: 'Zeek_conn',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Protocol: 'proto',
          SourceIp: 'id_orig_h',
          SourcePort: 'id_orig_p',
          DestinationIp: 'id_resp_h',
          DestinationPort: 'id_resp_p',
          Action: 'conn_state',
          Source: { text: 'Zeek_conn' },
        },
      },
      {
        table: 'VMConnection',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Image: 'ProcessName',
          Protocol: 'Protocol',
          SourceIp: 'SourceIp',
          DestinationIp: 'DestinationIp',
          DestinationPort: 'DestinationPort',
          Direction: 'Direction',
          Source: { text: 'VMConnection' },
        },
      },
    ],
  },
  {
    name: 'DnsQuery',
    description: 'Names that were looked up',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid ClientIp QueryName QueryType QueryStatus QueryResults Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['22'] },
        columns: {
          ...SYSMON_EVENT,
          QueryName: 'QueryName',
          QueryStatus: 'QueryStatus',
          QueryResults: 'QueryResults',
        },
      },
      {
        table: 'DnsEvents',
        where: { SubType: ['LookupQuery'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          ClientIp: 'ClientIP',
          QueryName: 'Name',
          QueryType: 'QueryType',
          QueryStatus: { first: ['ResultCode', 'Result'] },
          QueryResults: 'IPAddresses',
          Source: { text: 'DnsEvents' },
        },
      },
      {
        table: 'Zeek_dns',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          ClientIp: 'id_orig_h',
          QueryName: 'query',
          QueryType: 'qtype_name',
          QueryStatus: 'rcode_name',
          QueryResults: 'answers',
          Source: { text: 'Zeek_dns' },
        },
      },
      {
        table: 'DeviceEvents',
        where: { ActionType: ['DnsQueryResponse'] },
        columns: {
          ...DEVICE_EVENT,
          QueryName: { first: ['AdditionalFields/DnsQueryString', 'RemoteUrl'] },
          QueryResults: 'AdditionalFields/DnsQueryResult',
          Source: { text: 'DeviceEvents' },
        },
      },
    ],
  },
];

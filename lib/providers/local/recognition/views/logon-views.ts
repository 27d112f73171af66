import { columns, type NormalizedView } from './normalized-view.ts';

/** Logons. */
export const LOGON_VIEWS: readonly NormalizedView[] = [
  {
    name: 'Logon',
    description: 'Logons that succeeded or failed, on machines and in the cloud',
    schema: columns(
      'TimeGenerated:datetime Computer Account Result LogonType IpAddress WorkstationName LogonId LogonProcessName AuthenticationPackageName SubjectAccount Application FailureReason Source',
    ),
    sources: [
      {
        table: 'SecurityEvent',
        where: { EventID: ['4624', '4625', '4648'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Account: { first: ['TargetAccount', 'Account'] },
          Result: { name: 'EventID', among: { '4624': 'success', '4625': 'failure', '4648': 'explicit-credentials' } },
          LogonType: { first: ['LogonTypeName', 'LogonType'] },
          IpAddress: { name: 'IpAddress', among: { '-': '' } },
          WorkstationName: { name: 'WorkstationName', among: { '-': '' } },
          LogonId: { first: ['TargetLogonId', 'SubjectLogonId'] },
          LogonProcessName: 'LogonProcessName',
          AuthenticationPackageName: 'AuthenticationPackageName',
          SubjectAccount: 'SubjectAccount',
          Application: { name: 'ProcessName', among: { '-': '' } },
          FailureReason: { first: ['FailureReason', 'SubStatus', 'Status'] },
          Source: { text: 'SecurityEvent' },
        },
      },
      {
        table: 'SigninLogs',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceDetail/displayName',
          Account: 'UserPrincipalName',
          Result: { when: 'ResultType', is: ['0'], gives: { text: 'success' }, otherwise: { text: 'failure' } },
          IpAddress: 'IPAddress',
          Application: 'AppDisplayName',
          FailureReason: 'ResultDescription',
          Source: { text: 'SigninLogs' },
        },
      },
      {
        table: 'DeviceLogonEvents',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: { first: [{ join: ['AccountDomain', 'AccountName'], by: '\\' }, 'AccountName'] },
          Result: { name: 'ActionType', among: { LogonSuccess: 'success', LogonFailed: 'failure' } },
          LogonType: 'LogonType',
          IpAddress: 'RemoteIP',
          WorkstationName: 'RemoteDeviceName',
          LogonId: 'LogonId',
          AuthenticationPackageName: 'Protocol',
          Application: 'InitiatingProcessFileName',
          FailureReason: 'FailureReason',
          Source: { text: 'DeviceLogonEvents' },
        },
      },
      {
        table: 'LinuxAudit',
        where: { EventType: ['USER_LOGIN'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Account: 'acct',
          Result: { name: 'res', among: { success: 'success', failed: 'failure' } },
          IpAddress: { name: 'addr', among: { '?': '' } },
          LogonId: 'ses',
          Application: 'exe',
          Source: { text: 'LinuxAudit' },
        },
      },
    ],
  },
];

import type { Source } from '../source.ts';
import { columns, type NormalizedView, PROVIDER, type ViewSource } from './normalized-view.ts';

/** PowerShell. */
export const SCRIPT_VIEWS: readonly NormalizedView[] = [
  {
    name: 'ScriptBlock',
    description: 'PowerShell that ran: script blocks, pipelines, and what started the engine',
    schema: columns(
      'TimeGenerated:datetime Computer Account EventID:int ScriptBlockText ScriptBlockId MessageNumber:int MessageTotal:int Path HostApplication CommandName Source',
    ),
    sources: [
      ...['Event', 'WindowsEvent'].flatMap((table) => powershellSources(table)),
      {
        table: 'DeviceEvents',
        where: { ActionType: ['PowerShellCommand', 'ScriptContent', 'AmsiScriptContent'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: 'InitiatingProcessAccountName',
          ScriptBlockText: {
            first: ['AdditionalFields/ScriptContent', 'AdditionalFields/Command', 'AdditionalFields/Description'],
          },
          HostApplication: 'InitiatingProcessCommandLine',
          CommandName: 'AdditionalFields/Command',
          Source: { text: 'DeviceEvents' },
        },
      },
    ],
  },
];

function powershellSources(table: string): ViewSource[] {
  const message: Source = table === 'Event' ? 'RenderedDescription' : 'EventData/Message';
  const common = {
    TimeGenerated: 'TimeGenerated',
    Computer: 'Computer',
    EventID: 'EventID',
    Account: {
      first: [
        { match: '(?:^|\\s)User(?:Id)?\\s?=\\s?([^\\r\\n]+)', in: { first: ['EventData/ContextInfo', message] } },
        ...(table === 'Event' ? ['UserName'] : []),
      ],
    },
    HostApplication: {
      match: 'Host\\s?Application\\s?=\\s?([^\\r\\n]*)',
      in: { first: ['EventData/ContextInfo', 'EventData/Data', message] },
    },
    CommandName: {
      match: 'Command\\s?Name\\s?=[ \\t]?([^\\r\\n]*)',
      in: { first: ['EventData/ContextInfo', message] },
    },
    Source: { join: [{ text: 'PowerShell' }, 'EventID'], by: ' ' },
  } as const;
  const provider = PROVIDER[table]!;
  return [
    {
      table,
      where: { EventID: ['4104'], [provider]: ['Microsoft-Windows-PowerShell', 'PowerShellCore'] },
      columns: {
        ...common,
        ScriptBlockText: 'EventData/ScriptBlockText',
        ScriptBlockId: 'EventData/ScriptBlockId',
        MessageNumber: 'EventData/MessageNumber',
        MessageTotal: 'EventData/MessageTotal',
        Path: 'EventData/Path',
      },
    },
    {
      table,
      where: { EventID: ['4103'], [provider]: ['Microsoft-Windows-PowerShell', 'PowerShellCore'] },
      columns: {
        ...common,
        ScriptBlockText: {
          first: ['EventData/Payload', { match: '(?s)^(.*?)\\s*\\r?\\n\\r?\\nContext:', in: message }],
        },
        Path: { match: 'Script Name = ([^\\r\\n]+)', in: { first: ['EventData/ContextInfo', message] } },
      },
    },
    {
      table,
      where: { EventID: ['800'], [provider]: ['PowerShell'] },
      columns: {
        ...common,
        ScriptBlockText: {
          first: [
            {
              match: '(?s)^Pipeline execution details for command line:\\s*(.*?)\\s*\\.\\s*Context Information:',
              in: message,
            },
            { match: 'CommandLine=([^\\r\\n]+)', in: message },
          ],
        },
        Path: { match: 'ScriptName=([^\\r\\n]+)', in: message },
      },
    },
    {
      table,
      where: { EventID: ['400'], [provider]: ['PowerShell'] },
      columns: {
        ...common,
        ScriptBlockText: { match: 'HostApplication=([^\\r\\n]*)', in: { first: ['EventData/Data', message] } },
      },
    },
  ];
}

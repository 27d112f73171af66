import type { TableSchema } from '../../../../tables/index.ts';
import type { Source } from '../source.ts';

/**
 * Normalized views: the same kind of event under the same columns, whatever wrote it. Each source is a table of the
 * local data; a column that a source does not name is empty.
 */
export interface NormalizedView {
  readonly name: string;
  readonly description: string;
  readonly schema: TableSchema;
  readonly sources: readonly ViewSource[];
}

export interface ViewSource {
  readonly table: string;
  /** Columns' values (texts as they are, numbers as text) that rows must have: any of a list, in all columns. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** A column that must match a regular expression (RE2) somewhere. */
  readonly matches?: { readonly column: string; readonly pattern: string };
  readonly columns: Readonly<Record<string, Source>>;
}

/** `Name:type Name`: a schema in words; a name without a type is a string. */
export function columns(text: string): TableSchema {
  return text.split(/\s+/).map((entry) => {
    const [name, type = 'string'] = entry.split(':') as [string, TableSchema[number]['type']?];
    return { name, type };
  });
}

/** Who did it, in events of the Security log. */
export const SECURITY_ACTOR = {
  TimeGenerated: 'TimeGenerated',
  Computer: 'Computer',
  Account: { first: ['SubjectAccount', 'Account'] },
  LogonId: 'SubjectLogonId',
  Source: { text: 'SecurityEvent' },
} as const;

/** Who did it, in Sysmon’s events. */
export const SYSMON_EVENT = {
  TimeGenerated: 'TimeGenerated',
  Computer: 'Computer',
  Account: 'User',
  Image: 'Image',
  ProcessId: 'ProcessId',
  ProcessGuid: 'ProcessGuid',
  Source: { text: 'Sysmon' },
} as const;

/** Who did it, in Defender’s tables of device events. */
export const DEVICE_EVENT = {
  TimeGenerated: 'TimeGenerated',
  Computer: 'DeviceName',
  Account: {
    first: [
      { join: ['InitiatingProcessAccountDomain', 'InitiatingProcessAccountName'], by: '\\' },
      'InitiatingProcessAccountName',
    ],
  },
  Image: { first: ['InitiatingProcessFolderPath', 'InitiatingProcessFileName'] },
  ProcessId: 'InitiatingProcessId',
} as const;

/** The column that names an event's provider. */
export const PROVIDER: Readonly<Record<string, string>> = { Event: 'Source', WindowsEvent: 'Provider' };

import { TrailhoundError } from '../errors.ts';
import { type Evidence, excerptOf } from '../outcome.ts';
import { cellText, findColumn, isTextType, type TableSource } from '../tables/index.ts';

/** Columns that hold command lines, scripts and other text worth a look, the likeliest first. */
export const TEXT_COLUMNS = [
  'CommandLine',
  'ProcessCommandLine',
  'CreatedProcessCommandLine',
  'ScriptBlockText',
  'DecodedText',
  'cmdline',
  'processcmdline',
  'cmd_line',
  'Text',
  'RawData',
  'SyslogMessage',
  'Message',
] as const;

/** The column that the caller named, which must be there and hold text; else the first of the defaults that does. */
export function textColumn(source: TableSource, named: string | undefined, defaults: readonly string[]): string {
  const has = (name: string) => source.schema.find((column) => column.name === name);
  const found = named ?? defaults.find((name) => has(name) && isTextType(has(name)!.type));
  const column = found === undefined ? undefined : has(found);
  if (column && isTextType(column.type)) return column.name;
  const texts = source.schema.filter((other) => isTextType(other.type)).map((other) => other.name);
  const message = column
    ? `column "${column.name}" holds ${column.type}, not text`
    : named === undefined
      ? 'no column is known to hold the text: name one'
      : `there is no column "${named}"`;
  throw new TrailhoundError('usage', message, { hint: `Text columns are: ${texts.slice(0, 60).join(', ')}` });
}

/** The names among these that the source has. */
export function present(source: TableSource, names: readonly string[]): string[] {
  return names.filter((name) => source.schema.some((column) => column.name === name));
}

/** Rows of an input as evidence, each with what `excerpt` names or gives; and the computers of those rows. */
export async function evidenceOf(
  source: TableSource,
  rows: readonly number[],
  excerpt: (row: number) => string,
  computerColumns: readonly string[] = ['Computer', 'DeviceName', 'ComputerDnsName', 'hostname'],
  timeColumns: readonly string[] = ['TimeGenerated', 'Timestamp', 'UtcTime', 'CreatedProcessCreationTime'],
): Promise<{ evidence: Map<number, Evidence>; computers: Map<number, string> }> {
  const [computer] = present(source, computerColumns);
  const [time] = present(source, timeColumns);
  const columns = [computer, time].filter((name) => name !== undefined);
  const distinct = [...new Set(rows)].sort((a, b) => a - b);
  const taken = columns.length > 0 ? await source.take(distinct, columns) : undefined;
  const times = taken && time !== undefined ? findColumn(taken, time) : undefined;
  const hosts = taken && computer !== undefined ? findColumn(taken, computer) : undefined;
  const evidence = new Map<number, Evidence>();
  const computers = new Map<number, string>();
  distinct.forEach((row, position) => {
    const at = times?.type === 'datetime' ? cellText(times, position) : null;
    evidence.set(row, { table: source.name, row, time: at, excerpt: excerptOf(excerpt(row)) });
    const host = hosts && cellText(hosts, position);
    if (host) computers.set(row, host);
  });
  return { evidence, computers };
}

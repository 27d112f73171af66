import { findCef, parseCef } from './cef.ts';
import { textLines } from './lines.ts';
import { BlockBuilder, type RecordReader } from './record-block.ts';

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const PRIORITY = /^<(\d{1,3})>/;
/** RFC 5424: version, time, host, application, process id, message id, structured data. */
const HEAD_5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) /;
/** RFC 3164: `Nov 21 09:15:07 host`, with a year where a device writes one. */
const HEAD_3164 = /^([A-Z][a-z]{2})\s+(\d{1,2})(?:\s+(\d{4}))?\s+(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?\s+(?:(\S+)\s+)?/;
/** The same with an ISO time, as rsyslog and journalctl write it. */
const HEAD_ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*)\s+(\S+)\s+/;
const TAG = /^([\w./()@-]{1,128}?)(?:\[(\d+)\])?:\s?/;

/** True for a line that begins as syslog does. */
export function isSyslogLine(line: string): boolean {
  const rest = line.replace(PRIORITY, '');
  return (
    (PRIORITY.test(line) && rest.length > 0) ||
    HEAD_3164.test(rest) ||
    (HEAD_ISO.test(rest) && TAG.test(rest.replace(HEAD_ISO, '')))
  );
}

/**
 * Syslog after RFC 3164 and RFC 5424, as rows of Sentinel's table Syslog; a CEF message in it is a row of
 * CommonSecurityLog. RFC 3164 writes no year: it is the last one that does not put the event after the file's date.
 */
export const readSyslog: RecordReader = async function* (bytes, log, limits, context) {
  const blocks = new BlockBuilder();
  const modified = new Date(context.modifiedInMs);
  for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i]!;
      if (text.trim() === '') continue;
      const record = parseSyslog(text, modified, () =>
        log.altered('times without a year took it from the file’s date'),
      );
      const block = blocks.add(firstLine + i, JSON.stringify(record));
      if (block) yield block;
    }
  }
  const block = blocks.flush();
  if (block) yield block;
};

function parseSyslog(text: string, modified: Date, onMissingYear: () => void): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  let rest = text.toWellFormed();
  const priority = PRIORITY.exec(rest);
  if (priority && Number(priority[1]) < 192) {
    record['Facility'] = FACILITIES[Number(priority[1]) >> 3]!;
    record['SeverityLevel'] = SEVERITIES[Number(priority[1]) & 7]!;
    rest = rest.slice(priority[0].length);
  }
  rest = readHead(rest, record, modified, onMissingYear);
  const cef = findCef(rest);
  const event = cef < 0 ? undefined : parseCef(rest.slice(cef));
  if (event) {
    if (record['EventTime']) event['EventTime'] = record['EventTime'];
    if (record['HostName']) event['Computer'] = record['HostName'];
    return event;
  }
  record['SyslogMessage'] = rest;
  return record;
}

function readHead(text: string, record: Record<string, string>, modified: Date, onMissingYear: () => void): string {
  const rfc5424 = HEAD_5424.exec(text);
  if (rfc5424) {
    const [head, time, host, application, process, messageId] = rfc5424 as unknown as string[];
    if (time !== '-') record['EventTime'] = time!;
    if (host !== '-') record['HostName'] = host!;
    if (application !== '-') record['ProcessName'] = application!;
    if (process !== '-') record['ProcessID'] = process!;
    if (messageId !== '-') record['MessageId'] = messageId!;
    const { data, message } = structuredData(text.slice(head!.length));
    if (data) record['StructuredData'] = data;
    return message;
  }
  let rest = text;
  const rfc3164 = HEAD_3164.exec(text);
  const iso = rfc3164 ? null : HEAD_ISO.exec(text);
  if (rfc3164) {
    const [head, month, day, year, hour, minute, second, fraction, host] = rfc3164 as unknown as (string | undefined)[];
    const monthNumber = MONTHS.indexOf(month!.toLowerCase()) + 1;
    if (monthNumber === 0) return text;
    if (year === undefined) onMissingYear();
    const found = year ?? String(yearOf(monthNumber, Number(day), modified));
    const two = (value: string | number) => String(value).padStart(2, '0');
    record['EventTime'] =
      `${found}-${two(monthNumber)}-${two(day!)} ${hour}:${minute}:${second}${fraction ? `.${fraction}` : ''}`;
    if (host) record['HostName'] = host;
    rest = text.slice(head!.length);
  } else if (iso) {
    record['EventTime'] = iso[1]!;
    record['HostName'] = iso[2]!;
    rest = text.slice(iso[0].length);
  } else return text;
  const tag = TAG.exec(rest);
  if (tag && !rest.startsWith('CEF:')) {
    record['ProcessName'] = tag[1]!;
    if (tag[2]) record['ProcessID'] = tag[2];
    rest = rest.slice(tag[0].length);
  }
  return rest;
}

/** The last year in which the day is not after the file's date (a day's grace for zones). */
function yearOf(month: number, day: number, modified: Date): number {
  const year = modified.getUTCFullYear();
  return Date.UTC(year, month - 1, day) > modified.getTime() + 86_400_000 ? year - 1 : year;
}

/** RFC 5424's `[id key="value"]…` and the message after it. */
function structuredData(text: string): { data?: string; message: string } {
  if (text.startsWith('-'))
    return {
      message: text
        .slice(1)
        .trimStart()
        .replace(/^\uFEFF/, ''),
    };
  let at = 0;
  while (text[at] === '[') {
    let quoted = false;
    let end = at + 1;
    for (; end < text.length && (quoted || text[end] !== ']'); end++) {
      if (text[end] === '\\') end++;
      else if (text[end] === '"') quoted = !quoted;
    }
    if (end >= text.length) break;
    at = end + 1;
  }
  const message = text
    .slice(at)
    .trimStart()
    .replace(/^\uFEFF/, '');
  return at > 0 ? { data: text.slice(0, at), message } : { message };
}

import { textLines } from './lines.ts';
import { BlockBuilder, type RecordReader } from './record-block.ts';

/** Names of W3C extended log fields as Sentinel's table W3CIISLog has them. */
const COLUMNS: Readonly<Record<string, string>> = {
  's-sitename': 'sSiteName',
  's-computername': 'sComputerName',
  's-ip': 'sIP',
  's-port': 'sPort',
  'cs-method': 'csMethod',
  'cs-uri-stem': 'csUriStem',
  'cs-uri-query': 'csUriQuery',
  'cs-username': 'csUserName',
  'c-ip': 'cIP',
  'cs-version': 'csVersion',
  'cs(user-agent)': 'csUserAgent',
  'cs(cookie)': 'csCookie',
  'cs(referer)': 'csReferer',
  'cs-host': 'csHost',
  'sc-status': 'scStatus',
  'sc-substatus': 'scSubStatus',
  'sc-win32-status': 'scWin32Status',
  'sc-bytes': 'scBytes',
  'cs-bytes': 'csBytes',
  'time-taken': 'TimeTaken',
};

/** W3C extended logs (IIS, and others that write `#Fields:`). Times are UTC by definition; `-` is no value. */
export const readW3c: RecordReader = async function* (bytes, log, limits) {
  const blocks = new BlockBuilder();
  let fields: readonly string[] = [];
  let software = '';
  let date = '';
  for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i]!;
      if (text === '') continue;
      if (text.startsWith('#')) {
        if (text.startsWith('#Fields:')) fields = text.slice(8).trim().split(/\s+/).slice(0, limits.columns);
        else if (text.startsWith('#Software:')) software = text.slice(10).trim();
        else if (text.startsWith('#Date:')) date = text.slice(6).trim().split(' ')[0] ?? '';
        continue;
      }
      const values = text.split(' ');
      if (fields.length === 0 || values.length !== fields.length) {
        log.bad(firstLine + i, `${values.length} values where the header names ${fields.length} fields`);
        continue;
      }
      const record: Record<string, string> = Object.create(null);
      record['_w3c'] = software;
      fields.forEach((field, column) => {
        const value = values[column]!;
        if (value !== '-') record[COLUMNS[field.toLowerCase()] ?? field] = value.replaceAll('+', ' ').toWellFormed();
      });
      const day = record['date'] ?? date;
      if (day && record['time']) record['EventTime'] = `${day} ${record['time']}`;
      const block = blocks.add(firstLine + i, JSON.stringify(record));
      if (block) yield block;
    }
  }
  const block = blocks.flush();
  if (block) yield block;
};

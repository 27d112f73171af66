/** CEF's extension keys under the names of Sentinel's table CommonSecurityLog (Microsoft's CEF mapping page). */
const COLUMNS: Readonly<Record<string, string>> = {
  act: 'DeviceAction',
  app: 'ApplicationProtocol',
  cat: 'DeviceEventCategory',
  cnt: 'EventCount',
  destinationDnsDomain: 'DestinationDnsDomain',
  destinationServiceName: 'DestinationServiceName',
  destinationTranslatedAddress: 'DestinationTranslatedAddress',
  destinationTranslatedPort: 'DestinationTranslatedPort',
  deviceDirection: 'CommunicationDirection',
  deviceExternalId: 'DeviceExternalID',
  deviceFacility: 'DeviceFacility',
  deviceInboundInterface: 'DeviceInboundInterface',
  deviceOutboundInterface: 'DeviceOutboundInterface',
  devicePayloadId: 'DevicePayloadId',
  deviceProcessName: 'ProcessName',
  deviceTranslatedAddress: 'DeviceTranslatedAddress',
  dhost: 'DestinationHostName',
  dmac: 'DestinationMACAddress',
  dntdom: 'DestinationNTDomain',
  dpid: 'DestinationProcessId',
  dpriv: 'DestinationUserPrivileges',
  dproc: 'DestinationProcessName',
  dpt: 'DestinationPort',
  dst: 'DestinationIP',
  duid: 'DestinationUserID',
  duser: 'DestinationUserName',
  dvc: 'DeviceAddress',
  dvchost: 'DeviceName',
  dvcmac: 'DeviceMacAddress',
  dvcpid: 'ProcessID',
  end: 'EndTime',
  externalId: 'ExternalID',
  fileHash: 'FileHash',
  fileId: 'FileID',
  filePath: 'FilePath',
  filePermission: 'FilePermission',
  fileType: 'FileType',
  fname: 'FileName',
  fsize: 'FileSize',
  in: 'ReceivedBytes',
  msg: 'Message',
  out: 'SentBytes',
  outcome: 'EventOutcome',
  proto: 'Protocol',
  reason: 'Reason',
  request: 'RequestURL',
  requestClientApplication: 'RequestClientApplication',
  requestContext: 'RequestContext',
  requestCookies: 'RequestCookies',
  requestMethod: 'RequestMethod',
  rt: 'ReceiptTime',
  shost: 'SourceHostName',
  smac: 'SourceMACAddress',
  sntdom: 'SourceNTDomain',
  sourceDnsDomain: 'SourceDnsDomain',
  sourceServiceName: 'SourceServiceName',
  sourceTranslatedAddress: 'SourceTranslatedAddress',
  sourceTranslatedPort: 'SourceTranslatedPort',
  spid: 'SourceProcessId',
  spriv: 'SourceUserPrivileges',
  sproc: 'SourceProcessName',
  spt: 'SourcePort',
  src: 'SourceIP',
  start: 'StartTime',
  suid: 'SourceUserID',
  suser: 'SourceUserName',
};

const HEADER = ['DeviceVendor', 'DeviceProduct', 'DeviceVersion', 'DeviceEventClassID', 'Activity', 'LogSeverity'];

/** Keys of custom fields: `cs1Label` names what `cs1` holds; Sentinel keeps both. */
const CUSTOM = /^(cs|cn|cfp|c6a|flexString|flexNumber|deviceCustomDate|flexDate)(\d)(Label)?$/;
const CUSTOM_COLUMNS: Readonly<Record<string, string>> = {
  cs: 'DeviceCustomString',
  cn: 'DeviceCustomNumber',
  cfp: 'DeviceCustomFloatingPoint',
  c6a: 'DeviceCustomIPv6Address',
  flexString: 'FlexString',
  flexNumber: 'FlexNumber',
  deviceCustomDate: 'DeviceCustomDate',
  flexDate: 'FlexDate',
};

/** Where a CEF message begins in a line; -1 if it has none. */
export function findCef(line: string): number {
  const at = line.search(/\bCEF:\s?\d+\|/);
  return at;
}

/**
 * A CEF message (ArcSight's Common Event Format, revision 25) as a row of CommonSecurityLog; undefined if its header
 * is not complete. Keys without a column of their own are kept in `AdditionalExtensions`.
 */
export function parseCef(message: string): Record<string, string> | undefined {
  const header: string[] = [];
  let from = message.indexOf(':') + 1;
  while (header.length < 7) {
    const bar = nextUnescaped(message, '|', from);
    if (bar < 0) return undefined;
    header.push(message.slice(from, bar).trim());
    from = bar + 1;
  }
  const record: Record<string, string> = Object.create(null);
  HEADER.forEach((name, index) => {
    record[name] = header[index + 1]!.replaceAll(/\\([|\\])/g, '$1').toWellFormed();
  });
  const additional: string[] = [];
  for (const [key, value] of extensions(message.slice(from))) {
    const column = columnOf(key);
    if (column && !(column in record)) record[column] = value;
    else additional.push(`${key}=${value}`);
  }
  if (additional.length > 0) record['AdditionalExtensions'] = additional.join(';');
  return record;
}

function columnOf(key: string): string | undefined {
  if (Object.hasOwn(COLUMNS, key)) return COLUMNS[key];
  const custom = CUSTOM.exec(key);
  return custom ? `${CUSTOM_COLUMNS[custom[1]!]}${custom[2]}${custom[3] ?? ''}` : undefined;
}

function nextUnescaped(text: string, character: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === character) return i;
  }
  return -1;
}

/** `key=value` pairs; a value goes on, with its spaces, to the next key. */
function extensions(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  const keys = [...text.matchAll(/(?:^|\s)([\w.[\]-]{1,100})=/g)].filter(({ index }) => text[index - 1] !== '\\');
  keys.forEach((match, index) => {
    const start = match.index + match[0].length;
    const end = keys[index + 1]?.index ?? text.length;
    const value = text.slice(start, end).trim();
    const plain = value.replaceAll(/\\([=\\nr|])/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : c));
    if (plain !== '') pairs.push([match[1]!, plain.toWellFormed()]);
  });
  return pairs;
}

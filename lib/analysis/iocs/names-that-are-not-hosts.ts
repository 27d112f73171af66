/** Top-level domains that are far more often the ending of a file, where nothing else speaks for a host. */
const FILE_ENDINGS = new Set(['sh', 'py', 'md', 'zip', 'mov', 'rs', 'ps', 'so', 'pub', 'cab', 'pl', 'do', 'mm', 'cc']);

/** First labels of names in code: .NET namespaces, objects, variables. */
const CODE_ROOTS = new Set(
  (
    'system microsoft windows management net io text reflection runtime this self process console window document ' +
    'math json object obj module item args event e env request response string array convert properties wscript ' +
    'activexobject shell application data node java javax org.apache config settings file'
  ).split(' '),
);

/** Last labels that are also members of objects in code. */
const CODE_MEMBERS = new Set(
  'name id host link info zone date style map data call is in to now help click open run exec select show one new'.split(
    ' ',
  ),
);

/** Hosts of such a form that they would be taken for code or files, and yet are known. */
const WELL_KNOWN = new Set([
  'microsoft.com',
  'windows.com',
  'windows.net',
  'java.com',
  'system.com',
  'shell.com',
  'get.sh',
]);

/** Whether a name that has the form of a host is rather a file's name or a piece of code. */
export function isFileOrCode(name: string, before: string, after: string): boolean {
  if (after === '(' || before === '$') return true;
  const lower = name.toLowerCase();
  const labels = lower.split('.');
  const first = labels[0]!;
  const last = labels.at(-1)!;
  if (WELL_KNOWN.has(labels.slice(-2).join('.'))) return false;
  if (labels.length === 2 && FILE_ENDINGS.has(last)) return true;
  if (labels.length === 2 && CODE_ROOTS.has(first)) return true;
  return CODE_ROOTS.has(first) && (CODE_MEMBERS.has(last) || /^[A-Z]/.test(name));
}

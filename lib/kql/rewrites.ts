import type { Edit } from './edits.ts';
import { encodeName, quoteForKql } from './encode.ts';
import type { Analysis } from './language/language.ts';
import {
  columnsOfSymbol,
  elements,
  kindOf,
  mustPart,
  nameOf,
  part,
  parts,
  type SyntaxNode,
  textOf,
  typeOf,
  walk,
} from './language/syntax.ts';

/** The name under which a watchlist's rows are registered as a table. */
export function watchlistTable(name: string): string {
  return `watchlist:${name}`;
}

export function isWatchlistTable(name: string): boolean {
  return name.startsWith('watchlist:');
}

const FILE_PROFILE_COLUMNS =
  'GlobalPrevalence, GlobalFirstSeen, GlobalLastSeen, Signer, Issuer, SignerHash, IsCertificateValid, IsRootSignerMicrosoft, SignatureState, IsExecutable, ThreatName, Publisher, SoftwareName, ProfileAvailability';

/**
 * What the service has and the parser does not know is put into plain KQL over registered tables: `_GetWatchlist('x')`
 * becomes the table `watchlist:x`, and `invoke FileProfile(SHA1)` a lookup in the table `FileProfile`. The aggregate
 * `count(x)` counts rows, as the engine does; its analyser wants no argument. A `parse` into a column that the table
 * already has replaces it, where the analyser would list the name twice.
 */
export function serviceEdits(analysis: Analysis): Edit[] {
  const edits: Edit[] = [];
  walk(analysis.root, (node) => {
    const kind = kindOf(node);
    if (kind === 'InvokeOperator') edits.push(...fileProfile(node));
    else if (kind === 'FunctionCallExpression')
      edits.push(...watchlist(node), ...countOfColumn(node), ...columnThatExists(node));
    else if (kind === 'ParseOperator' || kind === 'ParseWhereOperator') edits.push(...parsedAgain(node));
    else if (kind === 'ParseKvOperator') edits.push(...pairsAgain(node));
    else if (kind === 'SerializeOperator') edits.push(...serialized(node));
  });
  return edits;
}

function span(node: SyntaxNode): { start: number; end: number } {
  return { start: node.TextStart, end: node.TextStart + node.Width };
}

function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const list = part(call, 'ArgumentList');
  return list ? parts(list, 'Expressions') : [];
}

function watchlist(call: SyntaxNode): Edit[] {
  if (nameOf(mustPart(call, 'Name')) !== '_GetWatchlist') return [];
  const name = argumentsOf(call)[0]?.LiteralValue;
  return typeof name === 'string' ? [{ ...span(call), insert: `[${quoteForKql(watchlistTable(name))}]` }] : [];
}

/** `column_ifexists("x", "")` of a column that is there is that column, of its own type; the analyser takes the default's. */
function columnThatExists(call: SyntaxNode): Edit[] {
  if (!/^column_?ifexists$/.test(nameOf(mustPart(call, 'Name')))) return [];
  const name = argumentsOf(call)[0]?.LiteralValue;
  if (typeof name !== 'string') return [];
  const column = inputColumns(call)?.find((candidate) => candidate.name === name);
  return column && column.type !== typeOf(call) ? [{ ...span(call), insert: `[${quoteForKql(name)}]` }] : [];
}

/** The columns of the table that the pipe hands to the operator around a node. */
function inputColumns(node: SyntaxNode): readonly { name: string; type: string }[] | undefined {
  for (let inner = node, outer = node.Parent; outer; inner = outer, outer = outer.Parent) {
    if (kindOf(inner) === 'FunctionDeclaration') return undefined;
    if (kindOf(outer) !== 'PipeExpression' || part(outer, 'Operator')?.TextStart !== inner.TextStart) continue;
    const type = mustPart(outer, 'Expression').ResultType;
    return type ? columnsOfSymbol(type) : undefined;
  }
  return undefined;
}

/** Names that the analyser lists twice in an operator's output. */
function namesTwice(node: SyntaxNode): ReadonlySet<string> {
  const columns = (node.ResultType && columnsOfSymbol(node.ResultType)) ?? [];
  return new Set(columns.map(({ name }) => name).filter((name, index, all) => all.indexOf(name) !== index));
}

/** `parse x with * "=" b` over a table with a `b`: parsed under another name, which then takes the place of `b`. */
function parsedAgain(node: SyntaxNode): Edit[] {
  const twice = namesTwice(node);
  const captures = elements(part(node, 'Patterns')).flatMap((pattern) => {
    const kind = kindOf(pattern);
    if (kind === 'NameDeclaration' || kind === 'NameReference') return [pattern];
    return kind === 'NameAndTypeDeclaration' ? [mustPart(pattern, 'Name')] : [];
  });
  const renamed = captures.filter((capture) => twice.has(nameOf(capture)));
  if (renamed.length === 0) return [];
  const names = [...new Set(renamed.map(nameOf))];
  const parsed = (name: string) => encodeName(`parsed ${name}`);
  const away = names.map(encodeName).join(', ');
  const back = names.map((name) => `${encodeName(name)} = ${parsed(name)}`).join(', ');
  const { end } = span(node);
  return [
    ...renamed.map((capture) => ({ ...span(capture), insert: parsed(nameOf(capture)) })),
    { start: end, end, insert: ` | project-away ${away} | project-rename ${back}` },
  ];
}

/** The same of `parse-kv`, whose keys cannot have other names: here the table's own column steps aside. */
function pairsAgain(node: SyntaxNode): Edit[] {
  const twice = namesTwice(node);
  const keys = parts(mustPart(node, 'Keys'), 'Columns').map((key) => nameOf(mustPart(key, 'Name')));
  const names = keys.filter((name) => twice.has(name));
  if (names.length === 0) return [];
  const aside = (name: string) => encodeName(`before ${name}`);
  const uses: Edit[] = [];
  walk(mustPart(node, 'Expression'), (inner) => {
    if (kindOf(inner) === 'NameReference' && names.includes(nameOf(inner)))
      uses.push({ ...span(inner), insert: aside(nameOf(inner)) });
  });
  const { start, end } = span(node);
  const renames = names.map((name) => `${aside(name)} = ${encodeName(name)}`).join(', ');
  return [
    { start, end: start, insert: `project-rename ${renames} | ` },
    ...uses,
    { start: end, end, insert: ` | project-away ${names.map(aside).join(', ')}` },
  ];
}

/** `serialize x = …` is `serialize | extend x = …`, of which the analyser knows that it may replace a column. */
function serialized(node: SyntaxNode): Edit[] {
  const [first] = parts(node, 'Expressions');
  return first ? [{ start: first.TextStart, end: first.TextStart, insert: '| extend ' }] : [];
}

function countOfColumn(call: SyntaxNode): Edit[] {
  const [argument, ...more] = argumentsOf(call);
  if (nameOf(mustPart(call, 'Name')) !== 'count' || !argument || more.length > 0) return [];
  return typeOf(argument) === 'bool' ? [] : [{ ...span(argument), insert: '' }];
}

function fileProfile(node: SyntaxNode): Edit[] {
  const call = part(node, 'Function');
  if (!call || kindOf(call) !== 'FunctionCallExpression' || nameOf(mustPart(call, 'Name')) !== 'FileProfile') return [];
  const argument = argumentsOf(call)[0];
  const column =
    argument === undefined
      ? 'SHA1'
      : typeof argument.LiteralValue === 'string'
        ? argument.LiteralValue
        : textOf(argument);
  const key = /256$/.test(column) ? 'SHA256' : 'SHA1';
  const name = quoteForKql(column);
  const profile = `FileProfile | where isnotempty(${key}) | summarize take_any(*) by [${name}] = ${key} | project [${name}], ${FILE_PROFILE_COLUMNS}`;
  return [{ ...span(node), insert: `lookup kind=leftouter (${profile}) on [${name}]` }];
}

/** The columns of the table that stands in for the service's FileProfile. */
export const FILE_PROFILE_SCHEMA = [
  { name: 'SHA1', type: 'string' },
  { name: 'SHA256', type: 'string' },
  { name: 'MD5', type: 'string' },
  { name: 'FileSize', type: 'long' },
  { name: 'GlobalPrevalence', type: 'long' },
  { name: 'GlobalFirstSeen', type: 'datetime' },
  { name: 'GlobalLastSeen', type: 'datetime' },
  { name: 'Signer', type: 'string' },
  { name: 'Issuer', type: 'string' },
  { name: 'SignerHash', type: 'string' },
  { name: 'IsCertificateValid', type: 'bool' },
  { name: 'IsRootSignerMicrosoft', type: 'bool' },
  { name: 'SignatureState', type: 'string' },
  { name: 'IsExecutable', type: 'bool' },
  { name: 'ThreatName', type: 'string' },
  { name: 'Publisher', type: 'string' },
  { name: 'SoftwareName', type: 'string' },
  { name: 'ProfileAvailability', type: 'string' },
] as const;

/** The columns that every watchlist has. */
export const WATCHLIST_SCHEMA = [
  { name: '_DTItemId', type: 'string' },
  { name: 'LastUpdatedTimeUTC', type: 'datetime' },
  { name: 'SearchKey', type: 'string' },
  { name: 'WatchlistItem', type: 'dynamic' },
] as const;

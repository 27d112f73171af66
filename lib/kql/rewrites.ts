import type { Edit } from './edits.ts';
import { quoteForKql } from './encode.ts';
import type { Analysis } from './language/language.ts';
import { kindOf, mustPart, nameOf, part, parts, type SyntaxNode, textOf, typeOf, walk } from './language/syntax.ts';

/** The name under which a watchlist's rows are registered as a table. */
export function watchlistTable(name: string): string {
  return `watchlist:${name}`;
}

const FILE_PROFILE_COLUMNS =
  'GlobalPrevalence, GlobalFirstSeen, GlobalLastSeen, Signer, Issuer, SignerHash, IsCertificateValid, IsRootSignerMicrosoft, SignatureState, IsExecutable, ThreatName, Publisher, SoftwareName, ProfileAvailability';

/**
 * What the service has and the parser does not know is put into plain KQL over registered tables: `_GetWatchlist('x')`
 * becomes the table `watchlist:x`, and `invoke FileProfile(SHA1)` a lookup in the table `FileProfile`. The aggregate
 * `count(x)` counts rows, as the engine does; its analyser wants no argument.
 */
export function serviceEdits(analysis: Analysis): Edit[] {
  const edits: Edit[] = [];
  walk(analysis.root, (node) => {
    const kind = kindOf(node);
    if (kind === 'InvokeOperator') edits.push(...fileProfile(node));
    else if (kind === 'FunctionCallExpression') edits.push(...watchlist(node), ...countOfColumn(node));
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

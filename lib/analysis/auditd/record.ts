/** One audit record: its type and its `key=value` tokens as they stand. */
export interface AuditRecord {
  readonly type: string;
  /** `1551487424.869:752`: the event's time and serial number; empty if the line has none. */
  readonly id: string;
  readonly host: string | null;
  readonly tokens: readonly string[];
}

const HEADER = /^(?:node=(\S+)\s+)?type=(\S+)\s+msg=audit\(([^)]+)\)$/;

/** Where the header may begin, with syslog's prefix before it. */
const HEADER_START = /(?:node=\S+\s+)?type=\S+\s+msg=audit\(/;

/** Reads a line of an audit log, also behind syslog's prefix; null if it is none. */
export function parseRecord(line: string): AuditRecord | null {
  const start = HEADER_START.exec(line.slice(0, 1024))?.index ?? -1;
  const colon = start < 0 ? -1 : line.indexOf(':', line.indexOf(')', start));
  if (colon < 0) return null;
  const match = HEADER.exec(line.slice(start, colon).trimEnd());
  if (!match) return null;
  return { host: match[1] ?? null, type: match[2]!, id: match[3]!, tokens: splitFields(line.slice(colon + 1).trim()) };
}

/**
 * Splits `a=1 b="x y" msg='op=login acct="root"'` at white space outside of quotes; what is quoted in `msg='…'` is split
 * likewise, and an enriched record's second half (after the group separator) too.
 */
export function splitFields(text: string): string[] {
  const tokens: string[] = [];
  let from = 0;
  let quote = '';
  for (let at = 0; at <= text.length; at++) {
    const character = text[at] ?? ' ';
    if (quote !== '') {
      if (character === quote || at === text.length) quote = '';
      if (at < text.length) continue;
    } else if ((character === '"' || character === "'") && text[at - 1] === '=') {
      quote = character;
      continue;
    }
    if (character !== ' ' && character !== '\x1d' && at < text.length) continue;
    if (at > from) addToken(text.slice(from, at), tokens);
    from = at + 1;
  }
  return tokens;
}

function addToken(token: string, tokens: string[]): void {
  if (!token.startsWith("msg='")) {
    tokens.push(token);
    return;
  }
  const inner = token.slice(5, token.endsWith("'") ? -1 : undefined);
  for (const part of splitFields(inner)) tokens.push(part);
}

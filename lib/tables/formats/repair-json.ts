/** A line that the database's JSON parser refuses: mended, or the reason why it is lost. */
export type RepairedJson = { readonly json: string; readonly altered: string } | { readonly reason: string };

/**
 * JavaScript's parser takes some things that the database's does not, above all halves of surrogate pairs, which
 * Windows tools write for cut texts. Such values lose the half, not the row.
 */
export function repairJson(text: string): RepairedJson {
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part));
  } catch (error) {
    return { reason: reasonOf(error, text) };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    return { reason: `not a JSON object but ${found}` };
  }
  try {
    return { json: JSON.stringify(value), altered: 'halves of surrogate pairs were replaced' };
  } catch {
    return { reason: 'nested too deeply' };
  }
}

/** The parser's complaint without the data that it quotes: a report must not repeat what an attacker wrote. */
function reasonOf(error: unknown, text: string): string {
  if (error instanceof RangeError) return 'nested too deeply';
  const position = /at position (\d+)/.exec((error as Error).message)?.[1];
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return 'not a JSON object';
  if (/Unexpected end|Unterminated/.test((error as Error).message)) return 'not JSON: it ends too early';
  return `not JSON${position ? `: an unexpected character at position ${position}` : ''}`;
}

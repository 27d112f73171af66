import { isConvincing } from './convincing.ts';
import type { EncodedPart } from './layer.ts';

/** Quoted pieces of base64 with a plus or an ampersand between: `'SGVs' + 'bG8='`. */
const JOINED = /(["'])[A-Za-z0-9+/]{1,4096}={0,2}\1(?:\s{0,8}[+&.]\s{0,8}\1[A-Za-z0-9+/]{1,4096}={0,2}\1){1,1024}/g;
const BETWEEN = /["']\s{0,8}[+&.]\s{0,8}["']/g;

/** Base64 that was cut into string literals to hide it. */
export function findJoined(text: string): EncodedPart[] {
  if (!/["']\s{0,8}[+&.]\s{0,8}["']/.test(text)) return [];
  const parts: EncodedPart[] = [];
  for (const match of text.matchAll(JOINED)) {
    const body = match[0].slice(1, -1).replaceAll(BETWEEN, '');
    if (body.length < 16) continue;
    const bytes = Buffer.from(body, 'base64');
    if (!isConvincing(bytes)) continue;
    parts.push({ start: match.index + 1, end: match.index + match[0].length - 1, method: 'base64-joined', bytes });
  }
  return parts;
}

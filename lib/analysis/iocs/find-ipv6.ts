import { isIPv6 } from 'node:net';
import { type Found, isHexCode, isWordCode } from './ioc.ts';

const MAX_RUN = 64;

/** IPv6 addresses in any form. Times, MAC addresses and `::` of code are not. */
export function findIpv6(text: string, found: Found): void {
  let consumed = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', consumed)) {
    let start = colon;
    while (start > consumed && isHexCode(text.charCodeAt(start - 1))) start--;
    let end = colon + 1;
    let colons = 1;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 58) colons++;
      else if (code !== 46 && !isHexCode(code)) break;
    }
    consumed = end;
    if (colons < 2 || end - start > MAX_RUN) continue;
    while (end > start && (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':'))) end--;
    if (start > 0 && isWordCode(text.charCodeAt(start - 1))) continue;
    if (end < text.length && isWordCode(text.charCodeAt(end))) continue;
    const value = text.slice(start, end).toLowerCase();
    if (isIPv6(value) && isMeant(value)) found.push({ type: 'ipv6', value, start, end });
  }
}

/** `a::b` may be code; a digit, or more than two groups, says that it is an address. */
function isMeant(value: string): boolean {
  const groups = value.split(':').filter((group) => group !== '');
  if (groups.length === 0) return false;
  return (
    groups.length >= 3 || (/\d/.test(value) && (groups.length === 2 || value.startsWith('::') || value.length >= 5))
  );
}

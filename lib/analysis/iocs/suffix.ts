import { domainToASCII } from 'node:url';
import { parse } from 'tldts';

/** Names remembered with what the public suffix list says of them. */
const REMEMBERED = 50_000;
const known = new Map<string, boolean>();

/** Whether a name ends in a public suffix (ICANN's part of the list) with at least one label before it. */
export function isRegistrable(hostname: string): boolean {
  let answer = known.get(hostname);
  if (answer === undefined) {
    const { isIcann, domain } = parse(asAscii(hostname), { extractHostname: false, validateHostname: false });
    // `.example` is reserved for documentation: it is in no log but those that are made up.
    answer = domain !== null && (isIcann === true || hostname.endsWith('.example'));
    if (known.size >= REMEMBERED) known.clear();
    known.set(hostname, answer);
  }
  return answer;
}

/** Whether a name ends in a public suffix, or is one. */
export function hasPublicSuffix(hostname: string): boolean {
  const { isIcann, publicSuffix } = parse(asAscii(hostname), { extractHostname: false, validateHostname: false });
  return isIcann === true && publicSuffix !== null && publicSuffix !== '';
}

function asAscii(hostname: string): string {
  for (let i = 0; i < hostname.length; i++) if (hostname.charCodeAt(i) > 127) return domainToASCII(hostname);
  return hostname;
}

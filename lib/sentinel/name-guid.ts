import { createHash } from 'node:crypto';

/** The namespace of Trailhound's names: any GUID, as long as it never changes. */
const NAMESPACE = '0f0c6f0e-6d1f-5f0a-9d53-5b2f7c1e8a44';

/**
 * A GUID made of a name: the same name, the same GUID (RFC 9562, version 5). What is written under it is written once,
 * however often it is tried.
 *
 * @example nameGuid('comment', armId, investigationId)
 */
export function nameGuid(...names: readonly string[]): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(JSON.stringify(names))
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

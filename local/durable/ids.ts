import { createHash } from 'node:crypto';

/**
 * The id of the message that task `taskId` of an execution sends to an entity: the same at every replay, and in the
 * form of a version 5 UUID as the real host's.
 */
export function requestId(executionId: string, taskId: number): string {
  const hash = createHash('sha1').update(`${executionId}:${taskId}`).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The id of a child that was not given one. */
export const childInstanceId = (executionId: string, taskId: number): string => `${executionId}:${taskId}`;

/** The scheduler's id of an entity: names are lower case, keys are not. */
export const entityId = (name: string, key: string): string => `@${name.toLowerCase()}@${key}`;

/** Name and key of an entity's id. */
export function parseEntityId(id: string): { name: string; key: string } {
  const end = id.indexOf('@', 1);
  return { name: id.slice(1, end), key: id.slice(end + 1) };
}

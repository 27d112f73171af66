import { createHash } from 'node:crypto';

/** Names of an investigation's blobs. */
export const blobNames = {
  root: (id: string) => `investigations/${id}`,
  plan: (id: string) => `investigations/${id}/plan.json`,
  manifest: (id: string) => `investigations/${id}/manifest.json`,
  report: (id: string, kind: 'html' | 'md' | 'json') => `investigations/${id}/report.${kind}`,
  inputTable: (id: string, sha256: string) => `investigations/${id}/inputs/${sha256.slice(0, 16)}/part-0.parquet`,
  inputTableRef: (id: string, sha256: string) => `investigations/${id}/inputs/${sha256.slice(0, 16)}/table.json`,
  step: (id: string, step: string, hash: string) => `investigations/${id}/${step}/${hash}`,
  result: (id: string, step: string, hash: string) => `investigations/${id}/${step}/${hash}/result.json`,
};

/** JSON with sorted keys, so that equal values give equal text; bigint as its digits. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The first `digits` (default 16) hexadecimal digits of the SHA-256 of a value's canonical JSON. */
export function hashOf(value: unknown, digits = 16): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, digits);
}

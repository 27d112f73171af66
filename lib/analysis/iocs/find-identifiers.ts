import type { Found } from './ioc.ts';

const CVE = /(?<![\w-])CVE-(?:19|20)\d{2}-\d{4,7}(?!\d)/gi;
/** Techniques T1001 to T1799 with their parts, those for industrial systems T08xx, and tactics. */
const ATTACK = /(?<![\w.-])(?:T1[0-7]\d{2}(?:\.\d{3})?|T08\d{2}|TA0(?:0\d|10)\d)(?![\w-]|\.\d)/g;

export function findCves(text: string, found: Found): void {
  for (const match of text.matchAll(CVE)) {
    found.push({ type: 'cve', value: match[0].toUpperCase(), start: match.index, end: match.index + match[0].length });
  }
}

export function findAttackIds(text: string, found: Found): void {
  for (const match of text.matchAll(ATTACK)) {
    found.push({ type: 'mitre_attack', value: match[0], start: match.index, end: match.index + match[0].length });
  }
}

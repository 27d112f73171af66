import type { Severity, Verdict } from '../../outcome.ts';
import { safeText } from '../../visuals/safe-text.ts';
import { type Html, html } from '../html.ts';
import type { Shown } from '../input.ts';

/** A section of the page: what the contents list links to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** Shown beside the title: how many there are. */
  readonly count?: number | undefined;
  readonly body: Html;
}

const NUMBER = new Intl.NumberFormat('en-US');

/** A count as people read it: `53,698`. */
export function countText(count: number): string {
  return NUMBER.format(count);
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A line that says how many of a list are shown, or nothing if all are. */
export function shownNote({ items, total }: Shown<unknown>, noun: string): Html | null {
  if (items.length >= total) return null;
  return html`<p class="note">The first ${countText(items.length)} of ${counted(total, noun)}.</p>`;
}

export function severityBadge(severity: Severity): Html {
  return html`<span class="badge ${severity}">${severity}</span>`;
}

export function verdictBadge(verdict: Verdict['verdict']): Html {
  return html`<span class="badge ${verdict}">${verdict}</span>`;
}

const RING = 2 * Math.PI * 20;

/** A score from 0 to 100 as a ring. */
export function scoreRing(score: number, severity: Severity): Html {
  const share = Math.min(100, Math.max(0, score)) / 100;
  const dash = `${(share * RING).toFixed(1)} ${RING.toFixed(1)}`;
  const label = Math.round(score);
  return html`<svg class="ring ${severity}" viewBox="0 0 48 48" role="img" aria-label="score ${label} of 100"><circle class="track" cx="24" cy="24" r="20"/><circle class="arc" cx="24" cy="24" r="20" stroke-dasharray="${dash}" transform="rotate(-90 24 24)"/><text x="24" y="29">${label}</text></svg>`;
}

const CELL_CHARACTERS = 300;

/** A cell of a table: cut, its cut counted; empty cells look empty. */
export function cellOf(text: string | null): Html {
  if (text === null || text === '') return html`<td class="empty"></td>`;
  const isNumber = text.length < 32 && /^-?\d+(\.\d+)?$/.test(text);
  return html`<td class="${isNumber ? 'number' : ''}">${safeText(text, CELL_CHARACTERS)}</td>`;
}

/**
 * An indicator as text that no program takes for a link.
 *
 * @example defang('http://evil.example/a') // 'hxxp://evil[.]example/a'
 */
export function defang(type: string, value: string): string {
  if (/^url$/i.test(type)) {
    const [, scheme = '', rest = value] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(value) ?? [];
    const end = rest.search(/[/?#]/);
    const host = end < 0 ? rest : rest.slice(0, end);
    return `${scheme.replace(/^http/i, 'hxxp')}${host.replaceAll('.', '[.]')}${end < 0 ? '' : rest.slice(end)}`;
  }
  if (/^(ipv4|ipv6|ip|dns|email|domain)/i.test(type)) return value.replaceAll('.', '[.]').replaceAll('@', '[@]');
  return value;
}

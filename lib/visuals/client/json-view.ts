import { make } from './page.ts';

const MAX_MEMBERS = 500;

/** A JSON value as elements that unfold; what is no JSON is shown as it is. All of it is text. */
export function jsonView(text: string): HTMLElement {
  const root = make('div', 'json');
  try {
    root.append(valueView(undefined, JSON.parse(text), 0));
  } catch {
    root.append(make('div', 'leaf', text));
  }
  return root;
}

function valueView(name: string | undefined, value: unknown, depth: number): HTMLElement {
  const label = name === undefined ? [] : [make('span', 'k', name), ': '];
  if (typeof value === 'string' && depth < 12 && /^\s*[[{]/.test(value)) {
    // JSON within JSON, as Sentinel's extended properties hold it.
    try {
      return valueView(name, JSON.parse(value), depth + 1);
    } catch {
      // A text that only looks like it.
    }
  }
  if (value === null || typeof value !== 'object') {
    return make('div', 'leaf', [...label, typeof value === 'string' ? value : String(value)]);
  }
  const members = Object.entries(value);
  const details = make('details');
  details.open = depth < 2;
  const count = Array.isArray(value) ? `[${members.length}]` : `{${members.length}}`;
  details.append(make('summary', '', [...label, make('span', 'muted', count)]));
  for (const [key, member] of members.slice(0, MAX_MEMBERS)) details.append(valueView(key, member, depth + 1));
  if (members.length > MAX_MEMBERS) details.append(make('div', 'muted', `… ${members.length - MAX_MEMBERS} more`));
  return details;
}

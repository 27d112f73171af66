/** What all pages share: the payload, elements, the theme, the tooltip. */

/** The page's data: JSON, deflated where it is large. */
export async function readPayload<T>(): Promise<T> {
  const element = document.getElementById('payload')!;
  const text = element.textContent ?? '';
  if (element.getAttribute('type') === 'application/json') return JSON.parse(text) as T;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text()) as T;
}

/** An element with a class and a text, or with children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  content?: string | readonly (Node | string)[],
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (typeof content === 'string') element.textContent = content;
  else if (content) element.append(...content);
  return element;
}

export function button(label: string, press: () => void, title?: string): HTMLButtonElement {
  const element = make('button', '', label);
  element.type = 'button';
  if (title) element.title = title;
  element.addEventListener('click', press);
  return element;
}

export const tools = (): HTMLElement => document.getElementById('tools')!;
export const main = (): HTMLElement => {
  const element = document.getElementById('main')!;
  element.replaceChildren();
  return element;
};

export type ThemeName = 'light' | 'dark';

/** The page's theme: the system's, until the button changes it. Printing is always light. */
export function watchTheme(changed: (theme: ThemeName) => void): ThemeName {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let theme: ThemeName = system.matches ? 'dark' : 'light';
  const toggle = button(
    '',
    () => apply(theme === 'dark' ? 'light' : 'dark', true),
    'Switch between light and dark (t)',
  );
  const apply = (next: ThemeName, tell: boolean) => {
    theme = next;
    document.documentElement.dataset['theme'] = next;
    toggle.textContent = next === 'dark' ? 'Light' : 'Dark';
    if (tell) changed(next);
  };
  apply(theme, false);
  tools().append(
    toggle,
    button('Print', () => print(), 'Print, or save as PDF'),
  );
  system.addEventListener('change', () => apply(system.matches ? 'dark' : 'light', true));
  let before: ThemeName = theme;
  addEventListener('beforeprint', () => {
    before = theme;
    if (theme !== 'light') apply('light', true);
  });
  addEventListener('afterprint', () => {
    if (before !== theme) apply(before, true);
  });
  addEventListener('keydown', (event) => {
    if (event.key === 't' && !isTyping(event)) toggle.click();
  });
  return theme;
}

export function isTyping(event: Event): boolean {
  const target = event.target;
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement ||
    (event instanceof KeyboardEvent && (event.ctrlKey || event.metaKey || event.altKey))
  );
}

export type Pair = readonly [label: string, text: string];

export function pairTable(pairs: readonly Pair[]): HTMLTableElement {
  const table = make('table', 'pairs');
  for (const [label, text] of pairs) {
    const row = table.insertRow();
    row.append(make('th', '', label), make('td', '', text));
  }
  return table;
}

/** The tooltip: shown at a point, hidden with no pairs. */
export function makeTip(): (pairs: readonly Pair[] | undefined, x: number, y: number) => void {
  const tip = make('div');
  tip.id = 'tip';
  tip.setAttribute('role', 'status');
  document.body.append(tip);
  return (pairs, x, y) => {
    if (!pairs || pairs.length === 0) {
      tip.className = '';
      return;
    }
    tip.replaceChildren(
      pairTable(pairs.map(([label, text]) => [label, text.length > 400 ? `${text.slice(0, 400)}…` : text])),
    );
    tip.className = 'on';
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = x + 14 + width > innerWidth ? x - width - 10 : x + 14;
    const top = y + 14 + height > innerHeight ? innerHeight - height - 4 : y + 14;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, top)}px`;
  };
}

/** A pane that keeps what was selected, to be read and copied. */
export function detailPane(parent: HTMLElement): (pairs: readonly Pair[]) => void {
  const pane = make('aside', 'detail');
  pane.hidden = true;
  parent.append(pane);
  return (pairs) => {
    pane.hidden = pairs.length === 0;
    const copy = button('Copy', () => copyText(pairs.map(([label, text]) => `${label}: ${text}`).join('\n'), copy));
    const close = button('Close', () => {
      pane.hidden = true;
    });
    pane.replaceChildren(make('div', 'bar', [make('strong', '', 'Selected'), copy, close]), pairTable(pairs));
  };
}

/** Copies a text; pages from files may not have the clipboard, so the old way is the second. */
export function copyText(text: string, pressed?: HTMLButtonElement): void {
  const done = () => {
    if (!pressed) return;
    const label = pressed.textContent;
    pressed.textContent = 'Copied';
    setTimeout(() => {
      pressed.textContent = label;
    }, 1200);
  };
  const old = () => {
    const area = make('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    done();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, old);
  else old();
}

/** Saves a text as a file, made in the page. */
export function saveText(name: string, type: string, text: string): void {
  const link = make('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export const formatCount = (count: number): string => count.toLocaleString('en-US');

export function formatTime(timeInMs: number): string {
  if (!Number.isFinite(timeInMs) || Math.abs(timeInMs) > 8.64e15) return '';
  return new Date(timeInMs).toISOString().replace('T', ' ').replace('Z', '');
}

/** Rows of a virtual list that are printed; a page that printed all of a table would never end. */
export const PRINTED_ROWS = 2000;

/** While the page is printed, a virtual list shows its first rows; afterwards what it showed. */
export function whilePrinting(draw: (printing: boolean) => void): void {
  addEventListener('beforeprint', () => draw(true));
  addEventListener('afterprint', () => draw(false));
}

/** Tells tests, and people who look, that the page is built. */
export function ready(): void {
  document.body.dataset['ready'] = '1';
}

export function failed(error: unknown): void {
  document.body.dataset['error'] = String(error);
  document.getElementById('main')!.append(make('p', 'muted', `This page could not be built: ${String(error)}`));
}

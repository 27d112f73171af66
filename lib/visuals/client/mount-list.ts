import type { ListPayload } from '../browse/grid-payload.ts';
import { cellOf } from './grid-filter.ts';
import { button, formatCount, isTyping, make } from './page.ts';
import { rowDetail } from './row-detail.ts';

/** Elements of a list; more would make the page slow. */
const MOST_SHOWN = 5000;

export interface MountedList {
  select(item: number): void;
}

/** A list at the left, what the selected entry holds at the right; search, levels, keys. */
export function mountList(payload: ListPayload, parent: HTMLElement): MountedList {
  const { items, table } = payload;
  const search = make('input');
  search.type = 'search';
  search.placeholder = `Search ${payload.noun}s`;
  search.setAttribute('aria-label', 'Search');
  const status = make('span', 'status');
  const list = make('div', 'list');
  list.tabIndex = 0;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', `${payload.noun}s`);
  const pane = make('div', 'pane');
  const counts = new Map<string, number>();
  for (const { level } of items) counts.set(level, (counts.get(level) ?? 0) + 1);
  const off = new Set<string>();
  const levels = [...counts].map(([level, count]) => {
    const element = button(`${level} ${formatCount(count)}`, () => {
      if (off.has(level)) off.delete(level);
      else off.add(level);
      element.setAttribute('aria-pressed', String(!off.has(level)));
      draw();
    });
    element.setAttribute('aria-pressed', 'true');
    return element;
  });
  parent.append(
    make('div', 'bar', [search, ...(levels.length > 1 ? levels : []), status]),
    make('div', 'split', [list, pane]),
  );

  let selected = -1;
  let shown: number[] = [];
  const elements = new Map<number, HTMLElement>();
  const haystacks = items.map((item) =>
    [
      item.title,
      item.sub,
      item.badge,
      ...item.rows.flatMap((row) => table.columns.map((column) => cellOf(column, row))),
    ]
      .join('\n')
      .toLowerCase(),
  );

  function select(item: number): void {
    const entry = items[item];
    if (!entry) return;
    elements.get(selected)?.setAttribute('aria-selected', 'false');
    selected = item;
    const element = elements.get(item);
    element?.setAttribute('aria-selected', 'true');
    if (element) showInList(element);
    const heading = make('h2', '', [entry.title, ' ', make('span', `badge s-${entry.level}`, entry.badge)]);
    const rows = entry.rows
      .slice(0, 100)
      .flatMap((row, index) => [
        ...(entry.rows.length > 1
          ? [make('div', 'muted', `${formatCount(index + 1)} of ${formatCount(entry.rows.length)}`)]
          : []),
        ...rowDetail(table, row, payload.first),
      ]);
    pane.replaceChildren(heading, ...(entry.sub ? [make('p', 'muted', entry.sub)] : []), ...rows);
  }

  /** Scrolls the list alone: the page stays where the reader has it. */
  function showInList(element: HTMLElement): void {
    const [top, bottom] = [
      element.offsetTop - list.offsetTop,
      element.offsetTop - list.offsetTop + element.offsetHeight,
    ];
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }

  function draw(): void {
    const wanted = search.value.trim().toLowerCase();
    shown = items.flatMap((item, index) =>
      off.has(item.level) || (wanted && !haystacks[index]!.includes(wanted)) ? [] : [index],
    );
    elements.clear();
    list.replaceChildren(
      ...shown.slice(0, MOST_SHOWN).map((index) => {
        const item = items[index]!;
        const element = make('div', `item s-${item.level}`, [
          make('div', 'top', [make('span', 'title', item.title), make('span', 'badge', item.badge)]),
          make('div', 'sub', item.sub),
        ]);
        element.setAttribute('role', 'option');
        element.setAttribute('aria-selected', String(index === selected));
        element.addEventListener('click', () => select(index));
        elements.set(index, element);
        return element;
      }),
    );
    if (shown.length === 0) list.append(make('div', 'nothing', 'Nothing to show.'));
    if (shown.length > MOST_SHOWN)
      list.append(make('div', 'nothing', `${formatCount(shown.length - MOST_SHOWN)} more; search to see them.`));
    status.textContent =
      shown.length === items.length
        ? `${formatCount(items.length)} ${payload.noun}s`
        : `${formatCount(shown.length)} of ${formatCount(items.length)}`;
    if (!shown.includes(selected) && shown.length > 0) select(shown[0]!);
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(draw, 120);
  });
  list.addEventListener('keydown', (event) => {
    if (isTyping(event)) return;
    const at = shown.indexOf(selected);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 };
    const to = moves[event.key];
    if (to === undefined || shown.length === 0) return;
    event.preventDefault();
    select(shown[Math.max(0, Math.min(shown.length - 1, to))]!);
  });
  draw();
  return { select };
}

import type { TreePayload } from '../process-tree/tree-payload.ts';
import { mountTable } from './mount-table.ts';
import {
  button,
  copyText,
  detailPane,
  failed,
  formatCount,
  formatTime,
  isTyping,
  main,
  make,
  type Pair,
  PRINTED_ROWS,
  readPayload,
  ready,
  type ThemeName,
  watchTheme,
  whilePrinting,
} from './page.ts';
import { TreeMap } from './tree-map.ts';
import { isRest, type Line, restOf, TreeModel } from './tree-model.ts';

const ROW_PX = 22;
/** Browsers limit the height of an element; above it, scrolling is mapped. */
const MAX_SCROLL_PX = 8_000_000;
const INDENT_PX = 16;
const MAX_INDENTS = 40;

async function start(): Promise<void> {
  const payload = await readPayload<TreePayload>();
  const model = new TreeModel(payload);
  const { texts } = payload;
  const count = payload.depth.length;
  let theme: ThemeName = watchTheme((next) => {
    theme = next;
    draw();
    drawLegend();
    map.draw();
  });
  const root = main();

  const search = make('input');
  search.type = 'search';
  search.placeholder = 'Search name, command line, account, reason';
  search.setAttribute('aria-label', 'Search');
  search.size = 42;
  const status = make('span', 'status');
  const next = button('Next', () => step(1), 'Next match (Enter)');
  const previous = button('Previous', () => step(-1), 'Previous match (Shift+Enter)');
  root.append(
    make('div', 'bar', [
      search,
      previous,
      next,
      button('Flagged paths', () => refold(() => model.foldToFlagged()), 'Fold all but the flagged paths (f)'),
      button('Unfold all', () => refold(() => model.unfoldAll()), 'Show every process (a)'),
      status,
    ]),
  );
  const list = make('div', 'rows');
  list.tabIndex = 0;
  list.setAttribute('role', 'tree');
  list.setAttribute('aria-label', document.title);
  const head = make('div', 'head', [
    make('div', '', 'Process (PID) and command line'),
    make('div', '', 'Why flagged'),
    make('div', '', 'Account'),
    make('div', '', 'Start (UTC)'),
    make('div', '', payload.endsKnown ? 'Lifetime' : 'Seen alive'),
  ]);
  const spacer = make('div', 'spacer');
  const box = make('div', 'box');
  spacer.append(box);
  list.append(head, spacer);
  const canvas = make('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  root.append(make('div', 'tree', [list, canvas]));
  const legend = make('div', 'legend');
  root.append(legend);
  const showDetail = detailPane(root);
  const grid = payload.table ? linkedTable(root) : undefined;

  let selected: Line | undefined;
  let hits: number[] = [];
  const isHit = new Uint8Array(count);
  let hit = -1;

  const scrollHeight = () => Math.min(MAX_SCROLL_PX, model.lines.length * ROW_PX);
  const viewHeight = () => Math.max(ROW_PX, list.clientHeight - head.offsetHeight);
  /** px of the lines that are scrolled away. */
  const offset = () => {
    const room = scrollHeight() - viewHeight();
    return room <= 0 ? 0 : (list.scrollTop / room) * Math.max(0, model.lines.length * ROW_PX - viewHeight());
  };
  const scrollToOffset = (px: number) => {
    const whole = Math.max(1, model.lines.length * ROW_PX - viewHeight());
    list.scrollTop = (Math.max(0, px) / whole) * Math.max(0, scrollHeight() - viewHeight());
  };

  const map = new TreeMap(
    canvas,
    model,
    isHit,
    () => ({ top: offset() / ROW_PX, lines: viewHeight() / ROW_PX }),
    (line) => scrollToOffset(line * ROW_PX - viewHeight() / 2),
  );

  const text = (positions: readonly number[], row: number) => texts[positions[row]!] ?? '';

  function processLine(row: number): HTMLElement {
    const element = make(
      'div',
      `row f${payload.flags[row]}${isHit[row] ? ' hit' : ''}${row === selected ? ' selected' : ''}`,
    );
    const twist = make('span', `twist ${payload.below[row] ? (model.shut[row] ? 'shut' : 'open') : ''}`);
    const dot = make('span', 'dot');
    const colour = payload.legend[payload.colours[row]!];
    dot.style.background = colour ? colour[theme] : 'transparent';
    const id = text(payload.processIds, row);
    const folded = model.shut[row] ? `  +${formatCount(payload.below[row]!)}` : '';
    const first = make('div', '', [
      twist,
      dot,
      make('span', 'name', text(payload.names, row)),
      make('span', 'pid', (id ? `(${id})` : '') + folded),
      make('span', 'code', text(payload.commandLines, row).slice(0, 300)),
    ]);
    first.style.paddingLeft = `${Math.min(payload.depth[row]!, MAX_INDENTS) * INDENT_PX}px`;
    const reason = make('div', 'why', text(payload.reasons, row));
    reason.title = text(payload.reasons, row);
    const account = text(payload.accounts, row);
    const start = payload.starts[row]!;
    const life = make('div', 'life');
    const span = Math.max(1, payload.extent[1] - payload.extent[0]);
    if (start >= 0) {
      const bar = make('i');
      bar.style.left = `${(start / span) * 100}%`;
      bar.style.width = `${(Math.max(0, payload.ends[row]! - start) / span) * 100}%`;
      life.append(bar);
    }
    element.append(
      first,
      reason,
      make('div', '', account.split('\\').at(-1) ?? ''),
      make('div', 'muted', start < 0 ? '' : startText(payload.extent[0] + start)),
      life,
    );
    element.setAttribute('aria-level', String(payload.depth[row]! + 1));
    if (payload.below[row]) element.setAttribute('aria-expanded', model.shut[row] ? 'false' : 'true');
    element.setAttribute('aria-selected', String(row === selected));
    return element;
  }

  const sameDay = formatTime(payload.extent[0]).slice(0, 10) === formatTime(payload.extent[1]).slice(0, 10);
  const startText = (time: number) => (sameDay ? formatTime(time).slice(11, 19) : formatTime(time).slice(5, 16));

  function restElement(line: Line): HTMLElement {
    const parent = restOf(line);
    const { children, processes, names } = model.rest(parent);
    const ranked = [...names].sort((a, b) => b[1] - a[1]);
    const listed = ranked.slice(0, 4).map(([name, times]) => name + (times > 1 ? ` ×${formatCount(times)}` : ''));
    const all = processes > children ? ` (${formatCount(processes)} processes)` : '';
    const element = make('div', `row rest${line === selected ? ' selected' : ''}`);
    const first = make('div', 'muted', [
      make('span', 'twist shut'),
      `${formatCount(children)} more ${children === 1 ? 'child' : 'children'}${all}: ${listed.join(', ')}${ranked.length > 4 ? ', …' : ''}`,
    ]);
    first.style.paddingLeft = `${Math.min(parent < 0 ? 0 : payload.depth[parent]! + 1, MAX_INDENTS) * INDENT_PX}px`;
    element.append(first);
    return element;
  }

  let printing = false;
  function draw(): void {
    const from = printing ? 0 : Math.max(0, Math.floor(offset() / ROW_PX) - 4);
    const seen = printing ? PRINTED_ROWS : Math.ceil((offset() + viewHeight()) / ROW_PX) + 4;
    const to = Math.min(model.lines.length, seen);
    const shift = list.scrollTop - offset();
    const elements: HTMLElement[] = [];
    for (let index = from; index < to; index++) {
      const line = model.lines[index]!;
      const element = isRest(line) ? restElement(line) : processLine(line);
      element.style.top = `${index * ROW_PX + shift}px`;
      element.dataset['line'] = String(line);
      element.setAttribute('role', 'treeitem');
      elements.push(element);
    }
    const left = model.lines.length - to;
    if (printing && left > 0) elements.push(make('div', 'nothing', `${formatCount(left)} more rows are not printed.`));
    if (model.lines.length === 0) elements.push(make('div', 'nothing', 'Nothing to show.'));
    box.replaceChildren(...elements);
    map.drawWindow();
  }

  function refold(change: () => void): void {
    change();
    spacer.style.height = `${scrollHeight()}px`;
    draw();
    map.draw();
  }

  /** A table of the processes, whose selection is the tree's. */
  function linkedTable(parent: HTMLElement) {
    const { details } = payload;
    const columns = details.columns.map((name, index) => ({
      name,
      kind: 'text' as const,
      texts: details.texts,
      codes: details.cells[index]!,
    }));
    const place = make('div', 'linked');
    parent.append(place);
    return mountTable({ rowCount: count, columns, shown: details.columns.slice(0, 12) }, place, (row) => goTo(row));
  }

  function describe(row: number): Pair[] {
    const { details } = payload;
    const start = payload.starts[row]!;
    const pairs: Pair[] = [
      [
        'Process',
        `${text(payload.names, row)} ${text(payload.processIds, row) && `(${text(payload.processIds, row)})`}`,
      ],
      ['Why flagged', text(payload.reasons, row)],
      ['Command line', text(payload.commandLines, row)],
      ['Account', text(payload.accounts, row)],
      ['Start', start < 0 ? '' : `${formatTime(payload.extent[0] + start)} UTC`],
      ['Children', payload.below[row] ? `${formatCount(payload.below[row]!)} processes below` : ''],
    ];
    details.columns.forEach((column, index) => {
      pairs.push([column, details.texts[details.cells[index]?.[row] ?? 0] ?? '']);
    });
    return pairs.filter(([, value]) => value !== '');
  }

  function select(line: Line, scroll: boolean): void {
    selected = line;
    if (!isRest(line)) {
      showDetail(describe(line));
      grid?.select(line, false);
    }
    if (scroll) {
      const index = model.lines.indexOf(line);
      const top = index * ROW_PX;
      if (top < offset()) scrollToOffset(top);
      else if (top + ROW_PX > offset() + viewHeight()) scrollToOffset(top + ROW_PX - viewHeight());
    }
    draw();
  }

  function goTo(row: number): void {
    refold(() => model.reveal(row));
    scrollToOffset(model.lines.indexOf(row) * ROW_PX - viewHeight() / 2);
    select(row, false);
  }

  function step(by: number): void {
    if (hits.length === 0) return;
    hit = (hit + by + hits.length) % hits.length;
    status.textContent = `${formatCount(hit + 1)} of ${formatCount(hits.length)} matches`;
    goTo(hits[hit]!);
  }

  let lowered: string[] | undefined;
  function find(): void {
    const wanted = search.value.trim().toLowerCase();
    lowered ??= Array.from({ length: count }, (_, row) =>
      [payload.names, payload.processIds, payload.commandLines, payload.accounts, payload.reasons]
        .map((positions) => text(positions, row))
        .join('\n')
        .toLowerCase(),
    );
    hits = [];
    isHit.fill(0);
    hit = -1;
    if (wanted) {
      lowered.forEach((all, row) => {
        if (all.includes(wanted)) {
          isHit[row] = 1;
          hits.push(row);
        }
      });
    }
    status.textContent = wanted ? `${formatCount(hits.length)} matches` : `${formatCount(count)} rows`;
    if (hits.length > 0) step(1);
    else draw();
    map.draw();
  }

  function drawLegend(): void {
    if (payload.legend.length < 2) return;
    legend.replaceChildren(
      make('strong', '', payload.legendTitle),
      ...payload.legend.map((entry) => {
        const dot = make('span', 'dot');
        dot.style.background = entry[theme];
        return make('span', '', [dot, entry.label]);
      }),
    );
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(find, 120);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
  });
  list.addEventListener('scroll', draw, { passive: true });
  box.addEventListener('click', (event) => {
    const target = event.target as HTMLElement;
    const line = Number(target.closest<HTMLElement>('.row')?.dataset['line'] ?? Number.NaN);
    if (Number.isNaN(line)) return;
    if (isRest(line) || target.classList.contains('twist')) refold(() => model.toggle(line));
    else select(line, false);
  });
  box.addEventListener('dblclick', (event) => {
    const line = Number((event.target as HTMLElement).closest<HTMLElement>('.row')?.dataset['line'] ?? Number.NaN);
    if (!Number.isNaN(line) && !isRest(line)) refold(() => model.toggle(line));
  });
  list.addEventListener('keydown', (event) => {
    if (isTyping(event) && !(event.ctrlKey && event.key === 'c')) return;
    const index = selected === undefined ? -1 : model.lines.indexOf(selected);
    const line = selected ?? 0;
    const page = Math.max(1, Math.floor(viewHeight() / ROW_PX) - 1);
    const to = (target: number) => select(model.lines[Math.max(0, Math.min(model.lines.length - 1, target))]!, true);
    const acts: Record<string, () => void> = {
      ArrowDown: () => to(index + 1),
      ArrowUp: () => to(index - 1),
      PageDown: () => to(index + page),
      PageUp: () => to(index - page),
      Home: () => to(0),
      End: () => to(model.lines.length - 1),
      ArrowRight: () => {
        if (isRest(line) || model.shut[line]) refold(() => model.toggle(line));
        else to(index + 1);
      },
      ArrowLeft: () => {
        if (!isRest(line) && payload.below[line]! > 0 && !model.shut[line]) refold(() => model.toggle(line));
        else {
          const parent = isRest(line) ? restOf(line) : model.parent[line]!;
          if (parent >= 0) select(parent, true);
        }
      },
      Enter: () => refold(() => model.toggle(line)),
      ' ': () => refold(() => model.toggle(line)),
      f: () => refold(() => model.foldToFlagged()),
      a: () => refold(() => model.unfoldAll()),
      n: () => step(1),
      '/': () => search.focus(),
      c: () => {
        if (!isRest(line)) copyText(text(payload.commandLines, line));
      },
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  new ResizeObserver(() => {
    draw();
    map.draw();
  }).observe(list);

  whilePrinting((now) => {
    printing = now;
    spacer.style.height = now ? '' : `${scrollHeight()}px`;
    draw();
  });
  status.textContent = `${formatCount(count)} rows`;
  drawLegend();
  refold(() => model.update());
  Object.assign(globalThis, { trailhoundTree: { model, goTo } });
  ready();
}

start().catch(failed);

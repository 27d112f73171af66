import type { GridPayload } from '../browse/grid-payload.ts';
import { cellOf, compareRows, shownCell } from './grid-filter.ts';
import { formatCount, isTyping, make, PRINTED_ROWS, whilePrinting } from './page.ts';

const ROW_PX = 26;
const MAX_SCROLL_PX = 8_000_000;
const INDEX_PX = 64;

/** A virtual table: only the rows that are seen are elements. */
export class Grid {
  readonly element = make('div', 'grid');
  readonly #payload: GridPayload;
  readonly #select: (row: number) => void;
  readonly #head = make('div', 'head');
  readonly #spacer = make('div', 'spacer');
  readonly #widths: number[];
  #shown: number[];
  #rows: Uint32Array;
  #order: Uint32Array;
  #sort: { column: number; descending: boolean } | undefined;
  #selected = -1;
  #printing = false;

  constructor(payload: GridPayload, select: (row: number) => void) {
    this.#payload = payload;
    this.#select = select;
    this.#rows = Uint32Array.from({ length: payload.rowCount }, (_, row) => row);
    this.#order = this.#rows;
    const names = payload.columns.map(({ name }) => name);
    this.#shown = payload.shown.map((name) => names.indexOf(name)).filter((index) => index >= 0);
    this.#widths = payload.columns.map((column) => {
      const sample = Array.from({ length: Math.min(60, payload.rowCount) }, (_, row) => shownCell(column, row).length);
      const longest = Math.max(column.name.length + (column.kind === 'time' ? 8 : 2), ...sample);
      return Math.max(70, Math.min(420, longest * 7.2 + 18));
    });
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-rowcount', String(payload.rowCount));
    this.#spacer.style.position = 'relative';
    this.element.append(this.#head, this.#spacer);
    this.element.addEventListener('scroll', () => this.draw(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.#spacer.addEventListener('click', (event) => {
      const line = (event.target as HTMLElement).closest<HTMLElement>('.line');
      if (line && getSelection()?.isCollapsed !== false) this.select(Number(line.dataset['row']), true);
    });
    new ResizeObserver(() => this.draw()).observe(this.element);
    whilePrinting((printing) => {
      this.#printing = printing;
      this.#layout();
    });
  }

  /** Rows in the order in which they are shown. */
  get rows(): Uint32Array {
    return this.#order;
  }

  get shownColumns(): readonly number[] {
    return this.#shown;
  }

  setRows(rows: Uint32Array): void {
    this.#rows = rows;
    this.#applySort();
    this.element.scrollTop = 0;
    this.#layout();
  }

  setColumns(columns: readonly number[]): void {
    this.#shown = [...columns];
    this.#layout();
  }

  /** Selects a row; `tell` says it to the listener. */
  select(row: number, tell: boolean): void {
    this.#selected = row;
    const index = this.#order.indexOf(row);
    if (index >= 0) {
      const top = index * ROW_PX;
      if (top < this.#offset()) this.#scrollTo(top);
      else if (top + ROW_PX > this.#offset() + this.#viewHeight()) this.#scrollTo(top + ROW_PX - this.#viewHeight());
    }
    if (tell) this.#select(row);
    this.draw();
  }

  #applySort(): void {
    const sort = this.#sort;
    if (!sort) {
      this.#order = this.#rows;
      return;
    }
    const column = this.#payload.columns[sort.column]!;
    const sign = sort.descending ? -1 : 1;
    const isEmpty = (row: number) => Number(cellOf(column, row) === '');
    this.#order = this.#rows
      .slice()
      .sort((a, b) => isEmpty(a) - isEmpty(b) || sign * compareRows(column, a, b) || a - b);
  }

  #width(): number {
    return this.#shown.reduce((sum, column) => sum + this.#widths[column]!, INDEX_PX);
  }

  #layout(): void {
    const height = Math.min(MAX_SCROLL_PX, this.#order.length * ROW_PX);
    // On paper, rows stand below each other as wide as the paper.
    const px = (size: number) => (this.#printing ? '' : `${size}px`);
    this.#spacer.style.height = px(height);
    this.#spacer.style.width = px(this.#width());
    this.#head.style.width = px(this.#width());
    const index = make('div', 'cell index', '#');
    index.style.width = `${INDEX_PX}px`;
    this.#head.replaceChildren(
      index,
      ...this.#shown.map((column) => {
        const sorted = this.#sort?.column === column ? (this.#sort.descending ? ' ↓' : ' ↑') : '';
        const { name, kind } = this.#payload.columns[column]!;
        const cell = make('div', 'cell', `${name}${kind === 'time' ? ' (UTC)' : ''}${sorted}`);
        cell.style.width = `${this.#widths[column]}px`;
        cell.title = 'Click to sort';
        cell.setAttribute('role', 'columnheader');
        const grip = make('span', 'grip');
        grip.addEventListener('pointerdown', (event) => this.#resize(event, column, grip));
        grip.addEventListener('click', (event) => event.stopPropagation());
        cell.append(grip);
        cell.addEventListener('click', () => this.#sortBy(column));
        return cell;
      }),
    );
    this.draw();
  }

  #resize(event: PointerEvent, column: number, grip: HTMLElement): void {
    event.preventDefault();
    event.stopPropagation();
    grip.setPointerCapture(event.pointerId);
    const [start, width] = [event.clientX, this.#widths[column]!];
    grip.onpointermove = (move) => {
      this.#widths[column] = Math.max(40, width + move.clientX - start);
      this.#head.style.width = `${this.#width()}px`;
      (grip.parentElement as HTMLElement).style.width = `${this.#widths[column]}px`;
      this.draw();
    };
    grip.onpointerup = () => {
      grip.onpointermove = null;
      this.#layout();
    };
  }

  #sortBy(column: number): void {
    const same = this.#sort?.column === column;
    if (same && this.#sort?.descending) this.#sort = undefined;
    else this.#sort = { column, descending: same };
    this.#applySort();
    this.#layout();
  }

  #viewHeight(): number {
    return Math.max(ROW_PX, this.element.clientHeight - this.#head.offsetHeight);
  }

  #offset(): number {
    const whole = this.#order.length * ROW_PX;
    const room = Math.min(MAX_SCROLL_PX, whole) - this.#viewHeight();
    return room <= 0 ? 0 : (this.element.scrollTop / room) * Math.max(0, whole - this.#viewHeight());
  }

  #scrollTo(px: number): void {
    const whole = this.#order.length * ROW_PX;
    const room = Math.min(MAX_SCROLL_PX, whole) - this.#viewHeight();
    this.element.scrollTop = (px / Math.max(1, whole - this.#viewHeight())) * room;
  }

  draw(): void {
    const offset = this.#offset();
    const from = this.#printing ? 0 : Math.max(0, Math.floor(offset / ROW_PX) - 4);
    const seen = this.#printing ? PRINTED_ROWS : Math.ceil((offset + this.#viewHeight()) / ROW_PX) + 4;
    const to = Math.min(this.#order.length, seen);
    const shift = this.element.scrollTop - offset;
    const lines: HTMLElement[] = [];
    for (let index = from; index < to; index++) {
      const row = this.#order[index]!;
      const line = make('div', row === this.#selected ? 'line selected' : 'line');
      line.dataset['row'] = String(row);
      line.setAttribute('role', 'row');
      line.style.top = `${index * ROW_PX + shift}px`;
      if (!this.#printing) line.style.width = `${this.#width()}px`;
      const number = make('div', 'cell index', formatCount(row));
      number.style.width = `${INDEX_PX}px`;
      line.append(
        number,
        ...this.#shown.map((column) => {
          const values = this.#payload.columns[column]!;
          const cell = make(
            'div',
            values.kind === 'number' && !values.names ? 'cell number' : 'cell',
            shownCell(values, row).slice(0, 500),
          );
          cell.style.width = `${this.#widths[column]}px`;
          cell.setAttribute('role', 'gridcell');
          return cell;
        }),
      );
      lines.push(line);
    }
    const left = this.#order.length - to;
    if (this.#printing && left > 0)
      lines.push(make('div', 'nothing', `${formatCount(left)} more rows are not printed.`));
    if (this.#order.length === 0) lines.push(make('div', 'nothing', 'Nothing to show.'));
    this.#spacer.replaceChildren(...lines);
  }

  #key(event: KeyboardEvent): void {
    if (isTyping(event)) return;
    const index = this.#order.indexOf(this.#selected);
    const page = Math.max(1, Math.floor(this.#viewHeight() / ROW_PX) - 1);
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: this.#order.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined || this.#order.length === 0) return;
    event.preventDefault();
    this.select(this.#order[Math.max(0, Math.min(this.#order.length - 1, to))]!, true);
  }
}

import type { GridPayload } from '../browse/grid-payload.ts';
import { Grid } from './grid.ts';
import { cellOf, type Filter, filterTest, OPERATORS, type Operator, shownCell } from './grid-filter.ts';
import { button, formatCount, isTyping, make, saveText } from './page.ts';

/** A table with search, filters, a choice of columns, sorting and export. */
export function mountTable(payload: GridPayload, parent: HTMLElement, selected: (row: number) => void): Grid {
  const { columns, rowCount } = payload;
  const filters: Filter[] = [];
  const grid = new Grid(payload, selected);
  const status = make('span', 'status');

  const search = make('input');
  search.type = 'search';
  search.placeholder = 'Search all columns';
  search.setAttribute('aria-label', 'Search');
  const column = make('select');
  column.setAttribute('aria-label', 'Column');
  column.append(...columns.map(({ name }, index) => new Option(name, String(index))));
  const operator = make('select');
  operator.setAttribute('aria-label', 'Operator');
  operator.append(...OPERATORS.map((name) => new Option(name, name)));
  const value = make('input');
  value.placeholder = 'value, a,b,c or 1..9';
  value.setAttribute('aria-label', 'Value');
  const chips = make('div', 'chips');
  const chooser = make('div', 'columns');
  chooser.append(
    ...columns.map(({ name }, index) => {
      const box = make('input');
      box.type = 'checkbox';
      box.checked = grid.shownColumns.includes(index);
      box.addEventListener('change', () => {
        const shown = new Set(grid.shownColumns);
        if (box.checked) shown.add(index);
        else shown.delete(index);
        grid.setColumns([...shown]);
      });
      return make('label', '', [box, name]);
    }),
  );

  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    const hits = wanted
      ? columns.map((each) =>
          each.kind === 'number' ? undefined : each.texts.map((text) => text.toLowerCase().includes(wanted)),
        )
      : [];
    const matches = (row: number) =>
      columns.some((each, index) =>
        each.kind === 'number' ? shownCell(each, row).toLowerCase().includes(wanted) : hits[index]![each.codes[row]!],
      );
    const tests = filters.map((filter) => filterTest(columns[filter.column]!, filter));
    const rows = new Uint32Array(rowCount);
    let kept = 0;
    for (let row = 0; row < rowCount; row++) {
      if ((!wanted || matches(row)) && tests.every((test) => test(row))) rows[kept++] = row;
    }
    grid.setRows(rows.slice(0, kept));
    status.textContent =
      kept === rowCount ? `${formatCount(rowCount)} rows` : `${formatCount(kept)} of ${formatCount(rowCount)} rows`;
  };
  const drawChips = () => {
    chips.replaceChildren(
      ...filters.map((filter, index) => {
        const remove = button('×', () => {
          filters.splice(index, 1);
          drawChips();
          apply();
        });
        remove.setAttribute('aria-label', 'Remove filter');
        return make('span', 'chip', [`${columns[filter.column]!.name} ${filter.operator} ${filter.value}`, remove]);
      }),
    );
  };
  const addFilter = () => {
    const filter: Filter = { column: Number(column.value), operator: operator.value as Operator, value: value.value };
    try {
      filterTest(columns[filter.column]!, filter);
    } catch {
      status.textContent = `“${filter.value}” is not a pattern`;
      return;
    }
    filters.push(filter);
    value.value = '';
    drawChips();
    apply();
  };
  value.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') addFilter();
  });
  let typing: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(apply, 150);
  });
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || isTyping(event)) return;
    event.preventDefault();
    search.focus();
  });

  parent.append(
    make('div', 'bar', [
      search,
      column,
      operator,
      value,
      button('Add filter', addFilter),
      button('Columns', () => chooser.classList.toggle('on')),
      button('CSV', () => saveText('table.csv', 'text/csv', asCsv(payload, grid))),
      button('JSON', () => saveText('table.json', 'application/json', asJson(payload, grid))),
      status,
    ]),
    chips,
    chooser,
    grid.element,
  );
  apply();
  return grid;
}

/** CSV of the rows and columns that are shown. A cell that a spreadsheet would run as a formula gets an apostrophe. */
function asCsv({ columns }: GridPayload, grid: Grid): string {
  const quote = (text: string, isNumber: boolean) => {
    const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const shown = grid.shownColumns.map((index) => columns[index]!);
  const lines = [shown.map(({ name }) => quote(name, false)).join(',')];
  for (const row of grid.rows)
    lines.push(shown.map((each) => quote(cellOf(each, row), each.kind === 'number')).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function asJson({ columns }: GridPayload, grid: Grid): string {
  const shown = grid.shownColumns.map((index) => columns[index]!);
  const rows = Array.from(grid.rows, (row) =>
    Object.fromEntries(
      shown.map((each) => [each.name, each.kind === 'number' ? (each.values[row] ?? null) : cellOf(each, row)]),
    ),
  );
  return `${JSON.stringify(rows, null, 1)}\n`;
}

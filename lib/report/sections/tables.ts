import { safeText } from '../../visuals/safe-text.ts';
import { type Html, html, relativePath } from '../html.ts';
import type { ReportInput, ReportTable, TablePreview } from '../input.ts';
import { cellOf, counted, countText, type Section } from './parts.ts';

const COLUMNS_SHOWN = 30;

/** Every table: its first rows, its columns, its files. */
export function tablesSection(input: ReportInput): Section | null {
  if (input.tables.length === 0) return null;
  const body = html`${input.tables.map((table) => tableDetails(table, input))}`;
  return { id: 'tables', title: 'Tables', count: input.tables.length, body };
}

/** The place of a table on the page. */
export function tableAnchor(name: string, { tables }: Pick<ReportInput, 'tables'>): string {
  return `table-${tables.findIndex((table) => table.name === name) + 1}`;
}

function tableDetails(table: ReportTable, input: ReportInput): Html {
  const preview = input.previews.get(table.name);
  return html`
<details class="table item" id="${tableAnchor(table.name, input)}"><summary><b>${table.name}</b> <span>${counted(table.rows, 'row')}</span> <span>${counted(table.columns.length, 'column')}</span> <span class="tag">${table.verb}</span></summary>
${preview && preview.rows.length > 0 ? firstRows(preview, table.rows) : html`<p class="none">No rows.</p>`}
<ul class="files">${table.parts.map(({ path, rows, sha256 }) => html`<li><a href="${relativePath(path)}">${path.slice(path.lastIndexOf('/') + 1)}</a> <span>${counted(rows, 'row')}</span> <span class="code">SHA-256 ${sha256}</span></li>`)}</ul>
</details>`;
}

/** The first rows, without the columns that hold nothing in them. */
function firstRows({ columns, rows }: TablePreview, total: number): Html {
  const filled = columns.map((_, index) => index).filter((index) => rows.some((row) => row[index]));
  const shown = filled.slice(0, COLUMNS_SHOWN);
  const notes = [
    rows.length < total ? `The first ${countText(rows.length)} of ${counted(total, 'row')}.` : '',
    filled.length < columns.length
      ? `${counted(columns.length - filled.length, 'column')} without a value in them.`
      : '',
    shown.length < filled.length ? `${counted(filled.length - shown.length, 'further column')}.` : '',
  ];
  return html`
<div class="scroll" tabindex="0"><table class="data sortable"><thead><tr>${shown.map((index) => html`<th title="${columns[index]!.type}">${safeText(columns[index]!.name, 80)}</th>`)}</tr></thead><tbody>
${rows.map(
  (row) => html`<tr>${shown.map((index) => cellOf(row[index] ?? null))}</tr>
`,
)}</tbody></table></div>
<p class="note">${notes.filter(Boolean).join(' ')}</p>`;
}

import { block, html } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { shortTime } from './asked.ts';
import { counted, countText, type Section, shownNote } from './parts.ts';

/** What was hidden in encodings, in clear. */
export function decodedSection({ decoded }: ReportInput): Section | null {
  if (decoded.total === 0) return null;
  const body = html`
${shownNote(decoded, 'decoded text')}
${decoded.items.map(
  ({ table, row, text, characters, command, details, count }) => html`
<article class="decoded item"><div class="where"><span>${table} row ${countText(row)}</span>${Object.entries(
    details,
  ).map(
    ([name, value]) => html`<span><i>${name}</i> ${name === 'time' ? shortTime(value) : value}</span>`,
  )}${count > 1 && html`<span>in ${counted(count, 'row')}</span>`}<button type="button" class="copy" data-copies="pre">Copy</button></div>
<pre>${block(text)}</pre>${text.length < characters && html`<p class="note">The first ${countText(text.length)} of ${counted(characters, 'character')}.</p>`}${
    command !== null &&
    html`
<details><summary>The whole command, decoded in its place</summary><pre>${block(command)}</pre></details>`
  }</article>`,
)}`;
  return { id: 'decoded', title: 'Decoded commands', count: decoded.total, body };
}

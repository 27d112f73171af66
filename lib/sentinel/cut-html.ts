const VOID = new Set(['br', 'hr', 'img', 'col', 'input', 'wbr']);
const TAG = /<(\/?)([a-z][a-z0-9]*)\b[^<>]*>/gi;

/**
 * HTML (well-formed, of our own making) cut to a number of characters: between elements where it can be, with what is
 * open closed, and a note that says that it was cut.
 */
export function cutHtml(
  html: string,
  maxCharacters: number,
  note = '<p>… the comment was cut: see the report.</p>',
): string {
  if (html.length <= maxCharacters) return html;
  const open: string[] = [];
  let best = { at: 0, closing: '' };
  const consider = (at: number) => {
    const closing = open
      .toReversed()
      .map((name) => `</${name}>`)
      .join('');
    if (at + closing.length + note.length <= maxCharacters) best = { at, closing };
  };
  for (const match of html.matchAll(TAG)) {
    if (match.index > maxCharacters) break;
    const name = match[2]!.toLowerCase();
    if (match[1]) {
      const from = open.lastIndexOf(name);
      if (from >= 0) open.length = from;
      consider(match.index + match[0].length);
    } else if (!VOID.has(name)) open.push(name);
  }
  return html.slice(0, best.at) + best.closing + note;
}

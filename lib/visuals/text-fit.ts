/** Width of a text in px, as it will be drawn. `font` is CSS: `600 12px Inter`. */
export type Measure = (font: string, text: string) => number;

/** The text, cut with `…` so that it is at most that wide. */
export function fitText(measure: Measure, font: string, text: string, widthInPx: number): string {
  if (widthInPx < 12) return '';
  if (measure(font, text) <= widthInPx) return text;
  let fits = 0;
  let over = Math.min(text.length, Math.ceil(widthInPx / 2));
  while (fits < over) {
    const middle = (fits + over + 1) >> 1;
    if (measure(font, `${text.slice(0, middle)}…`) <= widthInPx) fits = middle;
    else over = middle - 1;
  }
  return `${text
    .slice(0, fits)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}

/** The longest end of a path that fits after `…`, from a separator on; where none does, its last part, to be cut. */
function endOfPath(measure: Measure, font: string, path: string, widthInPx: number): string {
  const parts = path.split(/(?=[\\/])/);
  for (let from = 1; from < parts.length; from++) {
    const end = `…${parts.slice(from).join('')}`;
    if (measure(font, end) <= widthInPx) return end;
  }
  return parts.at(-1)!.slice(1) || path;
}

/**
 * The text, cut with `…` so that it is at most that wide: paths before their last parts, other names in their middle,
 * for they differ at their ends as much as at their starts.
 */
export function fitLabel(measure: Measure, font: string, text: string, widthInPx: number): string {
  if (measure(font, text) <= widthInPx) return text;
  const isPath = /^([a-z]:)?[\\/]/i.test(text);
  const whole = isPath ? endOfPath(measure, font, text, widthInPx) : text;
  if (measure(font, whole) <= widthInPx) return whole;
  const characters = [...whole];
  let fits = 0;
  let over = characters.length - 1;
  const cut = (kept: number) =>
    `${characters.slice(0, Math.ceil(kept * 0.45)).join('')}…${characters.slice(characters.length - Math.floor(kept * 0.55)).join('')}`;
  while (fits < over) {
    const middle = (fits + over + 1) >> 1;
    if (measure(font, cut(middle)) <= widthInPx) fits = middle;
    else over = middle - 1;
  }
  return cut(fits);
}

/** Characters before the first difference that are kept, for the reader to find it. */
const KEPT_BEFORE_DIFFERENCE = 6;

/** Labels that stand together, each cut to the width; those that would look the same are cut where they differ. */
export function fitLabels(measure: Measure, font: string, texts: readonly string[], widthInPx: number): string[] {
  const cut = texts.map((text) => fitLabel(measure, font, text, widthInPx));
  const alike = new Map<string, number[]>();
  cut.forEach((label, index) => {
    if (label !== texts[index]) alike.set(label, [...(alike.get(label) ?? []), index]);
  });
  for (const members of alike.values()) {
    const different = [...new Set(members.map((index) => texts[index]!))];
    if (different.length < 2) continue;
    const [first = ''] = different;
    let same = 0;
    while (different.every((text) => text[same] === first[same] && same < text.length)) same++;
    const from = Math.max(0, same - KEPT_BEFORE_DIFFERENCE);
    for (const index of members)
      cut[index] = fitText(measure, font, `…${texts[index]!.slice(from).toWellFormed()}`, widthInPx);
  }
  return cut;
}

/** The text in lines that are at most that wide, broken at spaces; at most `maxLines`, the last one cut. */
export function wrapText(measure: Measure, font: string, text: string, widthInPx: number, maxLines = 3): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(font, longer) > widthInPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  const kept = lines.slice(0, maxLines);
  if (lines.length > maxLines) kept[maxLines - 1] = `${kept[maxLines - 1]} ${lines.slice(maxLines).join(' ')}`;
  return kept.map((each) => fitText(measure, font, each, widthInPx));
}

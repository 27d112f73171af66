const WIDTH = 80;

/**
 * Where Python's `textwrap` lets a line break: at white space, after hyphens within words, around dashes.
 * (https://docs.python.org/3/library/textwrap.html)
 */
const CHUNK =
  /[\t\n\x0b\x0c\r ]+|(?<=[\w!"'&.,?])-{2,}(?=\w)|[^\t\n\x0b\x0c\r ]+?(?:-(?:(?<=[^\d\W]{2}-)|(?<=[^\d\W]-[^\d\W]-))(?=[^\d\W]-?[^\d\W])|(?=[\t\n\x0b\x0c\r ]|$)|(?<=[\w!"'&.,?])(?=-{2,}\w))/g;

/** Breaks a text into lines as Python's `textwrap.wrap` does; words too long for a line are cut. */
export function wrapText(text: string, indents: { readonly first: string; readonly next: string }): string[] {
  const chunks = (text.replaceAll(/[\t\n\x0b\x0c\r]/g, ' ').match(CHUNK) ?? []).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    const indent = lines.length > 0 ? indents.next : indents.first;
    const width = WIDTH - indent.length;
    if (lines.length > 0 && chunks.at(-1)!.trim() === '') chunks.pop();
    let line = '';
    while (chunks.length > 0 && line.length + chunks.at(-1)!.length <= width) line += chunks.pop()!;
    if (chunks.length > 0 && chunks.at(-1)!.length > width) {
      const chunk = chunks.pop()!;
      const space = width < 1 ? 1 : width - line.length;
      const hyphen = chunk.lastIndexOf('-', space - 1);
      const end = hyphen > 0 && /[^-]/.test(chunk.slice(0, hyphen)) ? hyphen + 1 : space;
      line += chunk.slice(0, end);
      if (end < chunk.length) chunks.push(chunk.slice(end));
    }
    line = line.trimEnd();
    if (line !== '') lines.push(indent + line);
  }
  return lines;
}

/** A text with its defanged parts made whole, and the way back to positions in the original. */
export interface Refanged {
  readonly text: string;
  /** Position in the original of a position in the text. */
  origin(position: number): number;
}

const WORTH_A_LOOK = /[[({]|xxp|fxp|h\*\*p|hx?tx?p/i;

/** What analysts and tools write in place of a dot, an at sign, a colon and a scheme. */
const DEFANGED =
  /(?<=[\p{L}\p{N}_-])(?:\[\.\]|\(\.\)|\{\.\}|\[\.(?=[\p{L}\p{N}])|\.\](?=[\p{L}\p{N}])|\s?[[({]dot[\])}]\s?)(?=[\p{L}\p{N}_-])|(?<=[\p{L}\p{N}._%+-])\s?(?:\[@\]|\(@\)|\[at\]|\(at\)|\{at\})\s?(?=[\p{L}\p{N}])|(?<=[a-z])\[:\/\/\]|(?<=[a-z])\[:\](?=\/\/)|(?<=[\p{L}\p{N}])\[:\](?=\d)|\bh(?:xx|\*\*|tx|xt)ps?(?=\[?:)|\bs?fxps?(?=\[?:)/giu;

/**
 * Undoes defanging: `hxxp`, `hXXps`, `fxp`, `[.]`, `(.)`, `{.}`, `[dot]`, `(dot)`, `[at]`, `(@)`, `[:]//`, `[://]`,
 * and a bracket on one side only. Nothing else is touched.
 *
 * @example refang('hxxps[://]evil[.]example/x').text // 'https://evil.example/x'
 */
export function refang(text: string): Refanged {
  if (!WORTH_A_LOOK.test(text)) return { text, origin: same };
  let refanged = '';
  let from = 0;
  const ends: number[] = [];
  const shifts: number[] = [];
  let shift = 0;
  for (const match of text.matchAll(DEFANGED)) {
    const plain = plainOf(match[0]);
    refanged += text.slice(from, match.index) + plain;
    from = match.index + match[0].length;
    shift += match[0].length - plain.length;
    ends.push(refanged.length);
    shifts.push(shift);
  }
  if (ends.length === 0) return { text, origin: same };
  return {
    text: refanged + text.slice(from),
    origin: (position) => {
      let low = 0;
      let high = ends.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! <= position) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? position : position + shifts[low - 1]!;
    },
  };
}

function same(position: number): number {
  return position;
}

function plainOf(defanged: string): string {
  const lower = defanged.toLowerCase();
  if (lower.includes('dot') || lower.includes('.')) return '.';
  if (lower.includes('@') || lower.includes('at')) return '@';
  if (lower.includes('://')) return '://';
  if (lower.includes(':')) return ':';
  if (lower.startsWith('h')) return lower.endsWith('s') ? 'https' : 'http';
  return lower.replace('fxp', 'ftp');
}

/** Makes an indicator harmless to click: `hxxps://evil[.]example`, `user[at]evil[.]example`. */
export function defang(value: string): string {
  return value
    .replace(/^http/i, 'hxxp')
    .replace(/^(s?)ftp/i, '$1fxp')
    .replaceAll('@', '[at]')
    .replaceAll(/\.(?=[\p{L}\p{N}])/gu, '[.]');
}

const cache = new Map<string, RegExp | null>();

/**
 * An RE2 pattern as a JavaScript one, for the few functions that need every group of every match. Both dialects agree
 * on all that is rewritten here; null for what JavaScript cannot compile. Patterns that could take exponential time in
 * JavaScript (a repeated group that holds a repetition) are refused: RE2 is linear, JavaScript is not.
 */
export function rewriteForJavaScript(pattern: string): RegExp | null {
  let regex = cache.get(pattern);
  if (regex === undefined) {
    regex = compile(pattern);
    if (cache.size > 500) cache.clear();
    cache.set(pattern, regex);
  }
  return regex;
}

function compile(pattern: string): RegExp | null {
  let flags = 'gu';
  const source = pattern
    .replace(/^\(\?([imsU]+)\)/, (_, letters: string) => {
      for (const letter of letters) if ('ims'.includes(letter)) flags += letter;
      return '';
    })
    .replaceAll('(?P<', '(?<')
    .replace(/\\x\{([0-9a-fA-F]+)\}/g, '\\u{$1}')
    .replace(/\\p([LNPSZM])/g, '\\p{$1}')
    .replace(/\\([^\w\s^$\\.*+?()[\]{}|/-])/g, '$1');
  if (/\([^()]*[+*][^()]*\)[+*{]/.test(source)) return null;
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

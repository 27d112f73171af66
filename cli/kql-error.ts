import { type KqlErrorInfo, showWithCaret } from '../lib/kql/index.ts';

/** An error for people: what is wrong, and the line with a caret under the place. */
export function errorLines(text: string, info: KqlErrorInfo): string {
  const place = info.line === null ? '' : ` (line ${info.line}, column ${info.column})`;
  const caret = showWithCaret(text, info);
  return `${info.code} error${place}: ${info.message}\n${caret === '' ? '' : `${caret}\n`}`;
}

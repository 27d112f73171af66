/**
 * Redaction by value: whatever was read as a secret is never shown again, wherever a text that holds it goes. It is
 * process-wide on purpose, so that no log line, error or answer has to know which secrets there are.
 */
const MASK = '[secret]';
/** Shorter values are not hidden: they would turn ordinary text into masks and are no secrets worth the name. */
const SHORTEST = 6;
/** Old values are forgotten first; rotation makes new ones, and a process may live long. */
const MOST_VALUES = 2000;

const KEY_PARTS = /(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password)=([^;]+)/gi;

const forms = new Map<string, readonly string[]>();
let pattern: RegExp | undefined;

/**
 * From now on `redact` hides this value, also where it appears URL-encoded, in JSON or as base64.
 *
 * @example rememberSecret(apiKey); redact(`GET /?key=${apiKey}`) // 'GET /?key=[secret]'
 */
export function rememberSecret(value: string): void {
  if (value.length < SHORTEST || forms.has(value)) return;
  // A connection string is known in whole seldom; its key is what must not be.
  for (const [, part] of value.matchAll(KEY_PARTS)) rememberSecret(part!);
  const quoted = JSON.stringify(value).slice(1, -1);
  const base64 = Buffer.from(value).toString('base64');
  forms.set(value, [...new Set([value, encodeURIComponent(value), quoted, base64, base64.replace(/=+$/, '')])]);
  if (forms.size > MOST_VALUES) forms.delete(forms.keys().next().value as string);
  pattern = undefined;
}

/** The text without any remembered secret. */
export function redact(text: string): string {
  if (forms.size === 0) return text;
  pattern ??= new RegExp(
    [...forms.values()]
      .flat()
      .sort((a, b) => b.length - a.length)
      .map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('|'),
    'g',
  );
  return text.replace(pattern, MASK);
}

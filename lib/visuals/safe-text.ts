/**
 * Characters that change how text around them is shown, or that are not shown at all: C0 and C1 controls, bidirectional
 * controls, zero-width and invisible characters, line and paragraph separators, noncharacters.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

const ANY_INVISIBLE = new RegExp(INVISIBLE.source, 'u');

const MARKS: Readonly<Record<string, string>> = { '\n': '↵', '\r': '↵', '\t': '→' };

/** Longest text of a mark or label. */
export const LABEL_CHARACTERS = 200;
/** Longest text of a detail: a tooltip's or a browser's cell. */
export const DETAIL_CHARACTERS = 2000;

/**
 * Text from a log as it may be drawn: cut to a length (with the count of what was cut), its invisible and direction
 * changing characters made visible as `⟨202E⟩`, lone surrogates as `�`, newline as `↵`, tab as `→`.
 *
 * @example safeText('invoice\u202Efdp.exe') // 'invoice⟨202E⟩fdp.exe'
 */
export function safeText(value: unknown, maxCharacters = LABEL_CHARACTERS): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
  const kept = text.length > maxCharacters ? text.slice(0, maxCharacters) : text;
  const shown = ANY_INVISIBLE.test(kept) || !kept.isWellFormed() ? showInvisible(kept) : kept;
  return kept.length < text.length ? `${shown}…(+${text.length - kept.length})` : shown;
}

function showInvisible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n/g, '\n')
    .replace(
      INVISIBLE,
      (character) => MARKS[character] ?? `⟨${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

/** HTML text and attribute values: every character with a meaning in HTML as a numeric entity. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that may stand in a `<script type="application/json">`: nothing in it can end the element. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .toWellFormed()
    .replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

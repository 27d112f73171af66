import { TrailhoundError } from '../errors.ts';
import { escapeHtml, safeText } from '../visuals/safe-text.ts';

const trusted = new WeakSet<object>();

/** Markup that came out of `html`, and only from there: nothing else is put into a page unescaped. */
export interface Html {
  readonly markup: string;
}

/** The address of a file of this investigation, checked by `relativePath`: the only thing a link may hold. */
export interface RelativePath {
  readonly path: string;
}

type HtmlValue = Html | RelativePath | string | number | bigint | false | null | undefined | readonly HtmlValue[];

/** Text in an element or a quoted attribute is longer than this only by mistake: callers cut, with the count. */
const TEXT_CHARACTERS = 200_000;

function trust(markup: string): Html {
  const made = { markup };
  trusted.add(made);
  return made;
}

/**
 * The one way to make HTML. Every value is text and is escaped, its invisible and direction-changing characters made
 * visible; only other `html` stands as it is, lists are joined, and null, undefined and false are nothing.
 * A value may stand in an element or in a double-quoted attribute. In `href` and `src` only a `relativePath` may stand.
 *
 * @example html`<td title="${host}">${host}</td>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const places = placesOf(parts);
  let markup = parts[0]!;
  values.forEach((value, index) => {
    markup += render(value, places[index]!) + parts[index + 1]!;
  });
  return trust(markup);
}

type Place = 'text' | 'attribute' | 'address';

const placesByTemplate = new WeakMap<TemplateStringsArray, readonly Place[]>();

/** What may stand at each place of a template: found once, for templates are constants. */
function placesOf(parts: TemplateStringsArray): readonly Place[] {
  const known = placesByTemplate.get(parts);
  if (known) return known;
  const places: Place[] = [];
  let before = '';
  for (const part of parts.slice(0, -1)) {
    before += part;
    places.push(placeAfter(before));
    before += '-';
  }
  placesByTemplate.set(parts, places);
  return places;
}

function placeAfter(before: string): Place {
  const open = before.lastIndexOf('<');
  if (/<(script|style)\b[^>]*>[^<]*$/i.test(before)) throw misplaced('a script or a style', before);
  if (open < 0 || !isInTag(before.slice(open))) return 'text';
  const attribute = /\s([a-z-]+)="[^"]*$/i.exec(before.slice(open));
  if (!attribute) throw misplaced('a tag, outside a quoted attribute', before);
  const name = attribute[1]!.toLowerCase();
  if (/^(on.*|style|srcdoc|srcset|action|formaction)$/.test(name)) throw misplaced(`attribute ${name}`, before);
  return name === 'href' || name === 'src' ? 'address' : 'attribute';
}

function isInTag(tail: string): boolean {
  let quoted = false;
  for (const character of tail) {
    if (character === '"') quoted = !quoted;
    else if (character === '>' && !quoted) return false;
  }
  return true;
}

function misplaced(where: string, before: string): TrailhoundError {
  return new TrailhoundError('internal', `a value must not stand in ${where}: …${before.slice(-40)}`);
}

function render(value: HtmlValue, place: Place): string {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map((item: HtmlValue) => render(item, place)).join('');
  if (typeof value === 'object' && 'path' in value && trusted.has(value)) {
    if (place === 'address') return escapeHtml(value.path);
  } else if (typeof value === 'object' && 'markup' in value && trusted.has(value)) {
    if (place === 'text') return value.markup;
  } else if (place !== 'address' && typeof value !== 'object') {
    return escapeHtml(safeText(value, TEXT_CHARACTERS));
  }
  throw new TrailhoundError('internal', `a value of this kind must not stand in ${place} of a page`);
}

/**
 * Text of several lines, for a `<pre>`: as `html` has text, except that line ends and tabs stay what they are.
 */
export function block(text: string): Html {
  const lines = text.slice(0, TEXT_CHARACTERS).split(/\r\n|\r|\n/);
  const safe = lines.map((line) => line.split('\t').map((part) => escapeHtml(safeText(part, TEXT_CHARACTERS))));
  return trust(safe.map((parts) => parts.join('\t')).join('\n'));
}

/** An address of a file below the page, or of a place in it (`#name`). */
export function relativePath(path: string): RelativePath {
  const isAnchor = /^#[\w.-]+$/.test(path);
  const isFile = /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => /^\.+$/.test(part));
  if (!isAnchor && !isFile) {
    throw new TrailhoundError('internal', `"${safeText(path)}" is not a path within an investigation`);
  }
  const made = { path };
  trusted.add(made);
  return made;
}

/** The address of a PNG that the page carries itself. */
export function pngAddress(png: Uint8Array): RelativePath {
  const made = { path: `data:image/png;base64,${Buffer.from(png).toString('base64')}` };
  trusted.add(made);
  return made;
}

/** A script or style of our own: a constant of the program, never a value. */
export function ownElement(name: 'script' | 'style', content: string): Html {
  if (/<\/(script|style)|<!--/i.test(content)) throw new TrailhoundError('internal', `the page's ${name} ends itself`);
  return trust(`<${name}>${content}</${name}>`);
}

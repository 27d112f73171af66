import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  Scalar,
  stringify,
} from 'yaml';
import { TrailhoundError } from '../errors.ts';
import { placeValue } from './environment.ts';
import {
  colonBefore,
  type Holder,
  holderAt,
  keyNode,
  leafEnd,
  lineEnd,
  lineStart,
  type Path,
  removalPath,
  removalRange,
  startOf,
} from './yaml-places.ts';

/**
 * YAML with one field set, or removed if the value is undefined. Only the lines of that field change: everything else
 * keeps its comments, quotes, order and indentation. What cannot be patched so (an alias, a block in odd shape) is
 * written anew by the YAML library, which keeps comments and order alone. A holder that would be empty goes too.
 *
 * The text must be without errors; a field that is not there to be removed changes nothing.
 *
 * @throws unsupported: the field bears an anchor that other lines refer to
 */
export function patchYaml(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text, { logLevel: 'error' });
  if (value === undefined && !document.hasIn(path)) return text;
  const expected = changed(document.toJS() ?? {}, path, value);
  for (const attempt of [() => splice(text, document, path, value), () => rewrite(text, path, value)]) {
    const patched = attempt();
    if (patched !== undefined && holds(patched, expected)) return patched;
  }
  throw new TrailhoundError('unsupported', `${path.join('.')} cannot be changed here: other lines refer to it`, {
    hint: 'Edit the file by hand.',
  });
}

function holds(text: string, expected: unknown): boolean {
  const document = parseDocument(text, { logLevel: 'error' });
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS() ?? {}, expected);
}

function changed(root: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(root) as Record<string, unknown>;
  if (value !== undefined) placeValue(copy, path, structuredClone(value));
  else removeValue(copy, path);
  return copy;
}

/** Removes a value from plain data, and its holder if that would be left empty. */
export function removeValue(root: object, path: Path): void {
  const holders: object[] = [root];
  for (const key of path.slice(0, -1)) {
    const next: unknown = Reflect.get(holders.at(-1)!, key);
    if (typeof next !== 'object' || next === null) return;
    holders.push(next);
  }
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const [holder, key] = [holders[depth]!, path[depth]!];
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
    if (Object.keys(holder).length > 0) return;
  }
}

/** The library's own writing. */
function rewrite(text: string, path: Path, value: unknown): string | undefined {
  const document = parseDocument(text, { logLevel: 'error' });
  try {
    if (value === undefined) document.deleteIn(removalPath(document, path));
    else document.setIn(path, document.createNode(value));
    return document.toString({ lineWidth: 0 });
  } catch {
    return undefined;
  }
}

function splice(text: string, document: Document, path: Path, value: unknown): string | undefined {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const put = (start: number, end: number, part: string) =>
    text.slice(0, start) + part.replaceAll('\n', newline) + text.slice(end);
  if (value === undefined) {
    const range = removalRange(text, document, removalPath(document, path));
    return range && put(...range, '');
  }
  if (document.hasIn(path)) {
    const node = document.getIn(path, true);
    if (!isNode(node) || !node.range) return undefined;
    const [start, end] = node.range;
    if (isScalar(node) && end > start) return put(start, end, inline(value, node.type));
    const colon = typeof value === 'object' ? undefined : colonBefore(text, document, path);
    if (colon !== undefined) return put(colon, colon, ` ${inline(value)}`);
    if (isCollection(node) && node.flow) return put(start, end, inline(value));
  }
  return insertion(text, document, path, value, put);
}

type Put = (start: number, end: number, part: string) => string;

function insertion(text: string, document: Document, path: Path, value: unknown, put: Put): string | undefined {
  let depth = path.length - 1;
  while (depth > 0 && !holderAt(document, path.slice(0, depth))) depth--;
  const holder = holderAt(document, path.slice(0, depth));
  if (!holder) return document.contents === null ? appended(text, nest(path, value)) : undefined;
  const key = path[depth]!;
  const nested = nest(path.slice(depth + 1), value);
  const entry = isSeq(holder) ? [nested] : { [key]: nested };
  const there = holder.items.findIndex((item) => isPair(item) && String(keyNode(item)?.value) === String(key));
  if (holder.flow) return there >= 0 ? undefined : intoFlow(holder, entry, put);
  const first = holder.items[0];
  const start = first === undefined ? undefined : startOf(text, first, isSeq(holder));
  if (start === undefined) return undefined;
  const indent = ' '.repeat(start - lineStart(text, start));
  const lines = stringify(entry, { lineWidth: 0 })
    .trimEnd()
    .replace(/^(?=.)/gm, indent);
  if (there < 0) {
    const end = lineEnd(text, leafEnd(holder));
    return put(end, end, `${end > 0 && text[end - 1] !== '\n' ? '\n' : ''}${lines}\n`);
  }
  // A key that is there with a blank or a block: its lines are replaced, where the key begins them.
  const pair = holder.items[there] as Pair;
  const from = keyNode(pair)?.range?.[0];
  if (from === undefined) return undefined;
  if (pair.value === null || (isScalar(pair.value) && isBlank(pair.value))) {
    const below = lineEnd(text, from);
    const inner = stringify(nested, { lineWidth: 0 })
      .trimEnd()
      .replace(/^(?=.)/gm, `${indent}  `);
    return put(below, below, `${text[below - 1] === '\n' ? '' : '\n'}${inner}\n`);
  }
  return put(from, lineEnd(text, leafEnd(pair)), `${lines.slice(indent.length)}\n`);
}

function appended(text: string, value: unknown): string {
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${gap}${stringify(value, { lineWidth: 0 })}`;
}

function intoFlow(holder: Holder, entry: object, put: Put): string | undefined {
  const content = inline(entry).replace(/^[[{]\s*|\s*[\]}]$/g, '');
  const last = holder.items.at(-1);
  if (last !== undefined) return put(leafEnd(last), leafEnd(last), `, ${content}`);
  return holder.range ? put(holder.range[0], holder.range[1], inline(entry)) : undefined;
}

function isBlank(node: Scalar): boolean {
  return node.value === null || node.value === '';
}

/** A value on one line, a text in the quotes that were there. */
function inline(value: unknown, type?: Scalar['type']): string {
  const quotes = type === Scalar.QUOTE_SINGLE || type === Scalar.QUOTE_DOUBLE ? type : Scalar.PLAIN;
  const document = new Document(value);
  if (isScalar(document.contents) && typeof value === 'string') document.contents.type = quotes;
  if (isCollection(document.contents)) document.contents.flow = true;
  return document.toString({ lineWidth: 0, flowCollectionPadding: isMap(document.contents) }).trimEnd();
}

function nest(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);
}

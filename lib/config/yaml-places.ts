import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export type Path = readonly (string | number)[];
export type Holder = YAMLMap | YAMLSeq;

/** The path of what goes with the field: its holder, if it would be left empty. */
export function removalPath(document: Document, path: Path): Path {
  let end = path.length;
  while (end > 1 && holderAt(document, path.slice(0, end - 1))?.items.length === 1) end--;
  return path.slice(0, end);
}

export function holderAt(document: Document, path: Path): Holder | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isMap(node) || isSeq(node) ? node : undefined;
}

export function removalRange(text: string, document: Document, path: Path): [number, number] | undefined {
  const holder = holderAt(document, path.slice(0, -1));
  const key = path.at(-1)!;
  const at = isSeq(holder)
    ? Number(key)
    : (holder?.items.findIndex((item) => isPair(item) && String(keyNode(item)?.value) === String(key)) ?? -1);
  const item = holder?.items[at];
  if (!holder || item === undefined) return undefined;
  const start = startOf(text, item, isSeq(holder) && !holder.flow);
  if (start === undefined) return undefined;
  const next = holder.items[at + 1];
  const nextStart = next === undefined ? undefined : startOf(text, next, isSeq(holder) && !holder.flow);
  if (holder.flow) {
    if (at > 0) return [leafEnd(holder.items[at - 1]), leafEnd(item)];
    return nextStart === undefined ? undefined : [start, nextStart];
  }
  const line = lineStart(text, start);
  // The first key after a dash leaves the dash to the next one.
  if (text.slice(line, start).trim() !== '') return nextStart === undefined ? undefined : [start, nextStart];
  return [line, lineEnd(text, leafEnd(item))];
}

/** Where a value would stand that is not there: behind the colon of its key. */
export function colonBefore(text: string, document: Document, path: Path): number | undefined {
  const holder = holderAt(document, path.slice(0, -1));
  const pair = holder?.items.find((item) => isPair(item) && String(keyNode(item)?.value) === String(path.at(-1)));
  const end = isPair(pair) ? keyNode(pair)?.range?.[1] : undefined;
  return end === undefined ? undefined : text.indexOf(':', end) + 1;
}

/** Where an entry begins: its key, or its dash. */
export function startOf(text: string, item: unknown, isBlockSeq: boolean): number | undefined {
  const node = isPair(item) ? keyNode(item) : item;
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start !== undefined && isBlockSeq ? text.lastIndexOf('-', start - 1) : start;
}

export function keyNode(pair: Pair): Scalar | undefined {
  return isScalar(pair.key) ? pair.key : undefined;
}

/** Where what an entry says ends: its last scalar or flow collection. */
export function leafEnd(item: unknown): number {
  if (isPair(item)) return item.value ? leafEnd(item.value) : leafEnd(item.key);
  if (isCollection(item) && !item.flow && item.items.length > 0) return leafEnd(item.items.at(-1));
  return isNode(item) ? (item.range?.[1] ?? 0) : 0;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The begin of the next line; `offset` itself where it begins one, as after a block of text. */
export function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

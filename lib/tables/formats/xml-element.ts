/** An element as plain data: text, or an object of its attributes and children. */
export type XmlValue = string | { [name: string]: XmlValue | XmlValue[] };

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const MAX_DEPTH = 64;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

interface Open {
  readonly name: string;
  readonly value: { [name: string]: XmlValue | XmlValue[] };
  text: string;
}

/**
 * One element with all within it. `<Data Name="x">…</Data>` of Windows events becomes the key `x`; attributes are keys
 * beside children, an element's text beside them is `#text`. Depth is bounded, and the time is linear.
 */
export function parseXmlElement(xml: string): { readonly value: XmlValue } | { readonly reason: string } {
  const stack: Open[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const match = TOKEN.exec(xml);
    if (!match) return { reason: 'not well-formed XML' };
    const [, cdata, closing, opening, attributes, empty, text] = match;
    const top = stack.at(-1);
    if (cdata !== undefined && top) top.text += cdata;
    else if (text !== undefined && top) top.text += decoded(text);
    else if (opening !== undefined) {
      if (stack.length >= MAX_DEPTH) return { reason: 'nested too deeply' };
      stack.push({ name: opening, value: attributesOf(attributes ?? ''), text: '' });
      if (!empty) continue;
      const done = close(stack);
      if (done !== undefined) return { value: done };
    } else if (closing !== undefined) {
      if (top?.name !== closing) return { reason: 'an element is closed that is not open' };
      const done = close(stack);
      if (done !== undefined) return { value: done };
    }
  }
  return { reason: 'not well-formed XML' };
}

/** Ends the innermost element: adds it to the one around it, or gives it if it was the outermost. */
function close(stack: Open[]): XmlValue | undefined {
  const { name, value, text } = stack.pop()!;
  const parent = stack.at(-1);
  const plain = text.trim();
  const isNamedData = name === 'Data' && typeof value['Name'] === 'string';
  const key = isNamedData ? (value['Name'] as string) : name;
  if (isNamedData) delete value['Name'];
  let own: XmlValue = value;
  if (Object.keys(value).length === 0) own = plain === '' ? text.trim() : isNamedData ? text : plain;
  else if (plain !== '') value['#text'] = plain;
  if (!parent) return own;
  const before = parent.value[key];
  if (before === undefined) parent.value[key] = own;
  else if (Array.isArray(before)) before.push(own);
  else parent.value[key] = [before, own];
  return undefined;
}

function attributesOf(text: string): { [name: string]: XmlValue } {
  const attributes: { [name: string]: XmlValue } = Object.create(null);
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (name !== 'xmlns' && !name!.startsWith('xmlns:')) attributes[name!] = decoded(double ?? single ?? '');
  }
  return attributes;
}

function decoded(text: string): string {
  if (!text.includes('&')) return text.toWellFormed();
  return text
    .replaceAll(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]{2,4});/g, (whole, entity: string) => {
      if (entity[0] !== '#') return ENTITIES[entity] ?? whole;
      const code = entity[1] === 'x' ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .toWellFormed();
}

import { formatJson, type Json } from '../../json.ts';

const MAX_DEPTH = 100;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|quot|apos|amp));/gi, (whole, hex, digits, name) => {
    if (name) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const point = Number.parseInt(hex ?? digits, hex ? 16 : 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** A reader of small XML documents: elements, attributes (`@name`), text (`#text`), CDATA. No entities, no DTD. */
class XmlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json | undefined {
    const root: { [key: string]: Json } = Object.create(null);
    this.#skipProlog();
    const element = this.#element(0);
    if (!element) return undefined;
    root[element.name] = element.value;
    return root;
  }

  #skipProlog(): void {
    for (;;) {
      const match = /^(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<![^>]*>)/.exec(
        this.#text.slice(this.#at, this.#at + 4096),
      );
      if (!match) return;
      this.#at += match[0].length;
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern, 'y');
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match) this.#at = sticky.lastIndex;
    return match;
  }

  #element(depth: number): { name: string; value: Json } | undefined {
    const open = this.#match(/<([A-Za-z_:][\w:.-]*)/);
    if (!open || depth > MAX_DEPTH) return undefined;
    const fields = new Map<string, Json[]>();
    const add = (name: string, value: Json) => fields.set(name, [...(fields.get(name) ?? []), value]);
    for (;;) {
      const attribute = this.#match(/\s+([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/);
      if (!attribute) break;
      add(`@${attribute[1]}`, decoded(attribute[2] ?? attribute[3] ?? ''));
    }
    if (this.#match(/\s*\/>/)) return { name: open[1]!, value: elementValue(fields, '') };
    if (!this.#match(/\s*>/)) return undefined;
    let text = '';
    for (;;) {
      const plain = this.#match(/[^<]+/);
      if (plain) text += decoded(plain[0]);
      const data = this.#match(/<!\[CDATA\[([\s\S]*?)\]\]>/);
      if (data) text += data[1];
      else if (this.#match(/<!--[\s\S]*?-->/)) continue;
      else if (this.#match(/<\/[^>]*>/)) return { name: open[1]!, value: elementValue(fields, text.trim()) };
      else {
        const child = this.#element(depth + 1);
        if (!child) return undefined;
        add(child.name, child.value);
      }
    }
  }
}

function elementValue(fields: ReadonlyMap<string, Json[]>, text: string): Json {
  if (fields.size === 0) return text === '' ? null : text;
  const value: { [key: string]: Json } = Object.create(null);
  for (const [name, items] of fields) value[name] = items.length === 1 ? items[0]! : items;
  if (text !== '') value['#text'] = text;
  return value;
}

/** XML as a dynamic; null if it is not well-formed. */
export function parseXml(text: string): string | null {
  const value = new XmlReader(text.trim()).document();
  return value === undefined ? null : formatJson(value);
}

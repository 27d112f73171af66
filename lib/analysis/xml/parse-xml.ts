import { TrailhoundError } from '../../errors.ts';

/** What an element becomes: its text if it has no more; else attributes as `@name`, text as `#text`, and its children. */
export type XmlValue = string | null | XmlValue[] | { [name: string]: XmlValue };

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 100_000;
const NAME = /[A-Za-z_:\u0080-\uffff][\w:.\u0080-\uffff-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_:\u0080-\uffff][\w:.\u0080-\uffff-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly content: { [name: string]: XmlValue };
  text: string;
}

/**
 * Reads XML into the form that KQL's `parse_xml` gives. Entities of a document's own are refused, so nothing can expand
 * or reach out; at most 64 levels and 100,000 elements.
 *
 * @example parseXml('<a x="1"><b>t</b><b/></a>') // { a: { '@x': '1', b: ['t', null] } }
 */
export function parseXml(text: string): { [name: string]: XmlValue } {
  const root: Open = { name: '', content: Object.create(null), text: '' };
  const open: Open[] = [root];
  let elements = 0;
  let at = 0;
  const fail = (what: string, code: 'bad-data' | 'limit' = 'bad-data'): never => {
    throw new TrailhoundError(code, `XML: ${what} at character ${at}`);
  };
  const after = (mark: string) => {
    const end = text.indexOf(mark, at);
    return end < 0 ? fail(`"${mark}" is missing`) : end;
  };
  while (at < text.length) {
    const top = open.at(-1)!;
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    top.text += decodeEntities(text.slice(at, end), fail);
    at = end;
    if (next < 0) break;
    if (text.startsWith('<!--', at)) at = after('-->') + 3;
    else if (text.startsWith('<![CDATA[', at)) {
      const close = after(']]>');
      top.text += text.slice(at + 9, close);
      at = close + 3;
    } else if (text.startsWith('<?', at)) at = after('?>') + 2;
    else if (text.startsWith('<!', at)) fail('a document type is not read');
    else if (text[at + 1] === '/') {
      const close = after('>');
      const name = text.slice(at + 2, close).trim();
      if (name !== top.name || open.length === 1) fail(`</${name.slice(0, 50)}> closes nothing`);
      open.pop();
      add(open.at(-1)!.content, top.name, contentOf(top));
      at = close + 1;
    } else {
      if (++elements > MAX_ELEMENTS) fail(`more than ${MAX_ELEMENTS} elements`, 'limit');
      if (open.length > MAX_DEPTH) fail(`more than ${MAX_DEPTH} levels`, 'limit');
      NAME.lastIndex = at + 1;
      const name = NAME.exec(text)?.[0] ?? fail('a name is missing');
      at += 1 + name.length;
      const element: Open = { name, content: Object.create(null), text: '' };
      for (ATTRIBUTE.lastIndex = at; ; ATTRIBUTE.lastIndex = at) {
        const match = ATTRIBUTE.exec(text);
        if (!match) break;
        element.content[`@${match[1]}`] = decodeEntities(match[2] ?? match[3] ?? '', fail);
        at += match[0].length;
      }
      while (/\s/.test(text[at] ?? '')) at++;
      if (text.startsWith('/>', at)) {
        add(top.content, name, contentOf(element));
        at += 2;
      } else if (text[at] === '>') {
        open.push(element);
        at++;
      } else fail(`<${name.slice(0, 50)}> is not well formed`);
    }
  }
  if (open.length > 1) fail(`<${open.at(-1)!.name}> is not closed`);
  if (elements === 0) fail('there is no element');
  return root.content;
}

function contentOf({ content, text }: Open): XmlValue {
  const trimmed = text.trim();
  if (Object.keys(content).length === 0) return trimmed === '' ? null : trimmed;
  if (trimmed !== '') content['#text'] = trimmed;
  return content;
}

function add(content: { [name: string]: XmlValue }, name: string, value: XmlValue): void {
  if (!(name in content)) content[name] = value;
  else if (Array.isArray(content[name])) content[name].push(value);
  else content[name] = [content[name]!, value];
}

function decodeEntities(text: string, fail: (what: string) => never): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([A-Za-z]+));/gi, (_, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? fail(`the entity &${name}; is unknown`);
    const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code > 0 && code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
  });
}

/** The `<Data Name="…">` pairs of a Windows event, wherever they are. Null prototype: names come from logs. */
export function eventData(value: XmlValue): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null);
  const waiting: XmlValue[] = [value];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    if (item === null || typeof item === 'string') continue;
    if (Array.isArray(item)) {
      for (let index = item.length - 1; index >= 0; index--) waiting.push(item[index]!);
      continue;
    }
    const name = item['@Name'];
    if (typeof name === 'string' && !(name in pairs))
      pairs[name] = typeof item['#text'] === 'string' ? item['#text'] : '';
    waiting.push(...Object.values(item));
  }
  return pairs;
}

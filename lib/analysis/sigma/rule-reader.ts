import { isMap, isScalar, isSeq, type LineCounter, type Node, type YAMLMap } from 'yaml';
import type { RuleIssue } from './rule.ts';
import type { SigmaValue } from './value-test.ts';

/** Walks a YAML document and gathers what is wrong with it, with the place of each node. */
export class RuleReader {
  readonly issues: RuleIssue[] = [];
  readonly file: string;
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.#lines = lines;
  }

  /** Notes an issue at a node, or `shift` characters into it. */
  report(node: Node | null | undefined, message: string, shift = 0): void {
    this.reportAt((node?.range?.[0] ?? 0) + shift, message);
  }

  reportAt(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.issues.push({ file: this.file, line: Math.max(line, 1), column: Math.max(col, 1), message });
  }

  /** The text under a key, or null; what is there but is no text is an issue. */
  text(map: YAMLMap, key: string): string | null {
    const node = map.get(key, true) as Node | undefined;
    if (node === undefined || (isScalar(node) && node.value === null)) return null;
    if (isScalar(node) && typeof node.value !== 'object') return sourceText(node);
    this.report(node, `"${key}" must be text`);
    return null;
  }

  requiredText(map: YAMLMap, key: string): string {
    const text = this.text(map, key);
    if (text === null || text === '') this.report(map, `"${key}" is missing`);
    return text ?? '';
  }

  /** The texts of a list under a key; one text counts as a list of one. */
  texts(map: YAMLMap, key: string): string[] {
    const node = map.get(key, true) as Node | undefined;
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    const items = isSeq(node) ? (node.items as Node[]) : [node];
    return items.flatMap((item) => {
      if (isScalar(item) && item.value !== null) return [String(item.value)];
      this.report(item, `"${key}" must be a list of texts`);
      return [];
    });
  }

  /** The map under a key, or null with an issue. */
  map(map: YAMLMap, key: string): YAMLMap | null {
    const node = map.get(key, true) as Node | undefined;
    if (isMap(node)) return node;
    this.report(node ?? map, node === undefined ? `"${key}" is missing` : `"${key}" must be a map`);
    return null;
  }

  /** The scalar values at a node: one, or a list. */
  values(node: Node | null): SigmaValue[] | null {
    const items = isSeq(node) ? (node.items as Node[]) : [node];
    const values: SigmaValue[] = [];
    for (const item of items) {
      if (item === null) values.push(null);
      else if (isScalar(item) && (item.value === null || typeof item.value === 'boolean')) values.push(item.value);
      else if (isScalar(item) && typeof item.value !== 'object') values.push(sourceText(item));
      else {
        this.report(item, 'a value must be text, a number, true, false or null');
        return null;
      }
    }
    return values;
  }
}

/** A number as it was written (0x1410 stays so), a text as it is read. */
function sourceText(node: { value: unknown; source?: string }): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml';
import { toErrorInfo } from '../../errors.ts';
import { ConditionError, parseCondition } from './condition.ts';
import { parseCorrelation } from './parse-correlation.ts';
import {
  type DetectionRule,
  type FieldItem,
  type Logsource,
  type RuleIssue,
  type Search,
  SIGMA_LEVELS,
  type SigmaLevel,
  type SigmaRule,
} from './rule.ts';
import { RuleReader } from './rule-reader.ts';
import { compileValueTest } from './value-test.ts';

export interface ParsedRules {
  readonly rules: readonly SigmaRule[];
  /** All that is wrong with the file; a document with an issue gives no rule. */
  readonly issues: readonly RuleIssue[];
}

/**
 * Reads a file of Sigma rules, one or several documents. Nothing is thrown: issues are collected with line and column.
 *
 * @see https://sigmahq.io/sigma-specification (version 2)
 */
export function parseRules(text: string, file: string): ParsedRules {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  const rules: SigmaRule[] = [];
  const issues: RuleIssue[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const reader = new RuleReader(file, lines);
    for (const error of document.errors) reader.reportAt(error.pos[0], error.message.split('\n')[0]!);
    if (document.errors.length === 0) {
      const { contents } = document;
      if (contents === null) continue;
      if (isMap(contents)) {
        const rule = parseRule(contents, reader);
        if (reader.issues.length === 0 && rule) rules.push(rule);
      } else reader.report(contents, 'a rule must be a map');
    }
    issues.push(...reader.issues);
  }
  return { rules, issues };
}

function parseRule(map: YAMLMap, reader: RuleReader): SigmaRule | null {
  const header = {
    file: reader.file,
    id: reader.text(map, 'id') ?? reader.text(map, 'title') ?? '',
    name: reader.text(map, 'name'),
    title: reader.requiredText(map, 'title'),
    description: reader.text(map, 'description') ?? '',
    level: parseLevel(map, reader),
    tags: reader.texts(map, 'tags'),
    falsePositives: reader.texts(map, 'falsepositives'),
  };
  if (map.has('correlation')) {
    const correlation = parseCorrelation(map, reader);
    return correlation && { kind: 'correlation', ...header, ...correlation };
  }
  const logsource = parseLogsource(map, reader);
  const detection = reader.map(map, 'detection');
  if (!detection) return null;
  const searches = parseSearches(detection, reader);
  const condition = parseConditions(detection, [...searches.keys()], reader);
  return condition && ({ kind: 'detection', ...header, logsource, searches, condition } satisfies DetectionRule);
}

function parseLevel(map: YAMLMap, reader: RuleReader): SigmaLevel {
  const level = reader.text(map, 'level') ?? 'medium';
  if ((SIGMA_LEVELS as readonly string[]).includes(level)) return level as SigmaLevel;
  reader.report(map.get('level', true) as Node, `"${level}" is no level (there are: ${SIGMA_LEVELS.join(', ')})`);
  return 'medium';
}

function parseLogsource(map: YAMLMap, reader: RuleReader): Logsource {
  const node = reader.map(map, 'logsource');
  if (!node) return {};
  const entries = ['category', 'product', 'service'].flatMap((key) => {
    const text = reader.text(node, key);
    return text === null ? [] : [[key, text.toLowerCase()]];
  });
  if (entries.length === 0) reader.report(node, 'a logsource names a category, product or service');
  return Object.fromEntries(entries) as Logsource;
}

function parseSearches(detection: YAMLMap, reader: RuleReader): Map<string, Search> {
  const searches = new Map<string, Search>();
  for (const { key, value } of detection.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (name === 'condition' || name === 'timeframe') {
      if (name === 'timeframe') reader.report(key as Node, '"timeframe" is no longer Sigma: write a correlation rule');
      continue;
    }
    const search = parseSearch(value as Node | null, reader);
    if (search) searches.set(name, search);
  }
  return searches;
}

/** A map: all of its fields. A list of maps: any of them. A list of texts: any of them in any column. */
export function parseSearch(node: Node | null, reader: RuleReader): Search | null {
  if (isMap(node)) {
    const parts = node.items.map(({ key, value }) => parseItem(key as Node, value as Node | null, reader));
    if (parts.length === 0) reader.report(node, 'a search is empty');
    return { kind: 'all', parts: parts.filter((part) => part !== null) };
  }
  if (isSeq(node) && node.items.some(isMap)) {
    const parts = node.items.map((item) => parseSearch(item as Node, reader));
    return { kind: 'any', parts: parts.filter((part) => part !== null) };
  }
  const values = reader.values(node);
  if (values === null || values.length === 0) {
    reader.report(node, 'a search is a map of fields, a list of such maps, or a list of texts');
    return null;
  }
  return { kind: 'item', item: { field: null, test: compileValueTest(['contains'], values) } };
}

function parseItem(key: Node, value: Node | null, reader: RuleReader): Search | null {
  const [field = '', ...modifiers] = isScalar(key) ? String(key.value).split('|') : [];
  const values = reader.values(value);
  if (values === null) return null;
  if (values.length === 0) {
    reader.report(key, `"${field}" has no value`);
    return null;
  }
  try {
    const keyword = field === '';
    const effective = keyword && !modifiers.includes('re') ? ['contains', ...modifiers] : modifiers;
    const item: FieldItem = { field: keyword ? null : field, test: compileValueTest(effective, values) };
    return { kind: 'item', item };
  } catch (error) {
    const { message, hint } = toErrorInfo(error);
    reader.report(key, hint ? `${message} (${hint})` : message);
    return null;
  }
}

/** The condition; several in a list hold if any does. */
function parseConditions(detection: YAMLMap, names: readonly string[], reader: RuleReader) {
  const node = detection.get('condition', true) as Node | undefined;
  const texts = isSeq(node) ? (node.items as Node[]) : node ? [node] : [];
  if (texts.length === 0) reader.report(detection, '"condition" is missing');
  const operands = texts.flatMap((item) => {
    if (!isScalar(item) || typeof item.value !== 'string') {
      reader.report(item, '"condition" must be text');
      return [];
    }
    try {
      return [parseCondition(item.value, names)];
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      reader.report(item, error.message, error.offset);
      return [];
    }
  });
  if (operands.length === 0) return null;
  return operands.length === 1 ? operands[0]! : ({ kind: 'or', operands } as const);
}

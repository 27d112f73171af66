import type { Node, YAMLMap } from 'yaml';
import { isMap } from 'yaml';
import type { CorrelationRule, CorrelationType } from './rule.ts';
import type { RuleReader } from './rule-reader.ts';

const TYPES: readonly CorrelationType[] = ['event_count', 'value_count', 'temporal'];
const UNITS_IN_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

type CorrelationPart = Pick<
  CorrelationRule,
  'type' | 'rules' | 'groupBy' | 'timespanInMs' | 'field' | 'atLeast' | 'generate'
>;

/** Reads the `correlation` of a rule; null with issues if it is wrong or of a type that is refused. */
export function parseCorrelation(map: YAMLMap, reader: RuleReader): CorrelationPart | null {
  const node = reader.map(map, 'correlation');
  if (!node) return null;
  const type = reader.requiredText(node, 'type');
  if (!(TYPES as readonly string[]).includes(type)) {
    reader.report(node.get('type', true) as Node, `correlations of type "${type}" are not supported`);
    return null;
  }
  const rules = reader.texts(node, 'rules');
  if (rules.length === 0) reader.report(node, '"rules" is missing');
  const timespan = /^(\d+)([smhd])$/.exec(reader.requiredText(node, 'timespan'));
  if (!timespan) reader.report(node.get('timespan', true) as Node, '"timespan" is a number with s, m, h or d');
  const { atLeast, field } = parseThreshold(node, type as CorrelationType, rules.length, reader);
  return {
    type: type as CorrelationType,
    rules,
    groupBy: reader.texts(node, 'group-by'),
    timespanInMs: timespan ? Number(timespan[1]) * UNITS_IN_MS[timespan[2]!]! : 0,
    field,
    atLeast,
    generate: reader.text(node, 'generate') === 'true',
  };
}

function parseThreshold(node: YAMLMap, type: CorrelationType, ruleCount: number, reader: RuleReader) {
  const condition = node.get('condition', true) as Node | undefined;
  if (type === 'temporal') return { atLeast: ruleCount, field: null };
  if (!isMap(condition)) {
    reader.report(condition ?? node, '"condition" must be a map with gte or gt');
    return { atLeast: 0, field: null };
  }
  const gte = reader.text(condition, 'gte');
  const gt = reader.text(condition, 'gt');
  const atLeast = gte !== null ? Number(gte) : Number(gt) + 1;
  const others = condition.items.map(({ key }) => String(key)).filter((key) => !['gte', 'gt', 'field'].includes(key));
  if (others.length > 0 || !Number.isInteger(atLeast) || atLeast < 1 || (gte === null && gt === null)) {
    reader.report(
      condition,
      'a correlation counts up to "gte" or "gt" a whole number; other comparisons are not supported',
    );
  }
  const field = reader.text(condition, 'field');
  if (type === 'value_count' && field === null) reader.report(condition, '"field" is missing');
  return { atLeast, field };
}

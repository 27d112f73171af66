import type { Condition } from './condition.ts';
import type { DetectionRule, FieldItem, Search } from './rule.ts';
import type { RuleTable } from './rule-table.ts';
import type { TableShape } from './table-shapes.ts';
import type { ValueTest } from './value-test.ts';

/** One byte a row: 1 where it holds. */
type Mask = Uint8Array;

/**
 * The rows of a table that a rule matches. Work is rows × fields of the rule, plus one test per distinct value: the
 * same command line is judged once, however often it ran.
 */
export function evaluateRule(rule: DetectionRule, table: RuleTable, shape: TableShape): Uint32Array {
  const mask = table.rowsOf(shape);
  if (!mask.includes(1)) return new Uint32Array(0);
  const searched = new Map<string, Mask>();
  const search = (name: string): Mask => {
    let found = searched.get(name);
    if (!found) {
      found = evaluateSearch(rule.searches.get(name)!, table, shape);
      searched.set(name, found);
    }
    return found;
  };
  return rowsOf(and(mask, evaluateCondition(rule.condition, search)));
}

function evaluateCondition(condition: Condition, search: (name: string) => Mask): Mask {
  if (condition.kind === 'search') return search(condition.name);
  if (condition.kind === 'not') return not(evaluateCondition(condition.operand, search));
  return combine(condition.kind, condition.operands.length, (i) => evaluateCondition(condition.operands[i]!, search));
}

/** The rows where a search holds. */
export function evaluateSearch(search: Search, table: RuleTable, shape: TableShape): Mask {
  if (search.kind === 'item') return evaluateItem(search.item, table, shape);
  const { parts } = search;
  const operator = search.kind === 'all' ? 'and' : 'or';
  return combine(operator, parts.length, (i) => evaluateSearch(parts[i]!, table, shape));
}

function combine(operator: 'and' | 'or', count: number, evaluate: (index: number) => Mask): Mask {
  let mask = evaluate(0);
  for (let i = 1; i < count; i++) {
    // Once nothing can hold, or everything does, the rest need not be asked.
    if (operator === 'and' ? !mask.includes(1) : !mask.includes(0)) break;
    mask = operator === 'and' ? and(mask, evaluate(i)) : or(mask, evaluate(i));
  }
  return mask;
}

function evaluateItem(item: FieldItem, table: RuleTable, shape: TableShape): Mask {
  const { test } = item;
  if (test.kind === 'other-field') return compareFields(test, table, item.field ?? '', shape);
  if (item.field === null) {
    return table
      .textColumns()
      .map((column) => evaluateValues(test, table, column))
      .reduce(or, new Uint8Array(table.rowCount));
  }
  const column = table.column(item.field, shape);
  if (column) return evaluateValues(test, table, column);
  // A table without the column is one where the value is absent in every row.
  const holds = test.kind === 'exists' ? !test.wanted : test.test(null, null);
  return new Uint8Array(table.rowCount).fill(holds ? 1 : 0);
}

function evaluateValues(
  test: Exclude<ValueTest, { kind: 'other-field' }>,
  table: RuleTable,
  column: Parameters<RuleTable['dictionary']>[0],
): Mask {
  const { values, ids } = table.dictionary(column);
  const holds = new Uint8Array(values.length);
  values.forEach((value, id) => {
    const yes =
      test.kind === 'exists' ? (value !== null) === test.wanted : test.test(value, value?.toLowerCase() ?? null);
    holds[id] = yes ? 1 : 0;
  });
  const mask = new Uint8Array(ids.length);
  for (let row = 0; row < ids.length; row++) mask[row] = holds[ids[row]!]!;
  return mask;
}

function compareFields(
  test: Extract<ValueTest, { kind: 'other-field' }>,
  table: RuleTable,
  field: string,
  shape: TableShape,
): Mask {
  const mask = new Uint8Array(table.rowCount);
  if (!table.column(field, shape) || !table.column(test.field, shape)) return mask;
  const fold = (text: string) => (test.cased ? text : text.toLowerCase());
  for (let row = 0; row < mask.length; row++) {
    const text = fold(table.text(field, shape, row));
    const other = fold(table.text(test.field, shape, row));
    const holds =
      test.place === 'whole'
        ? text === other
        : test.place === 'contains'
          ? text.includes(other)
          : test.place === 'startswith'
            ? text.startsWith(other)
            : text.endsWith(other);
    mask[row] = holds && other !== '' ? 1 : 0;
  }
  return mask;
}

function and(a: Mask, b: Mask): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(a.length);
  for (let row = 0; row < mask.length; row++) mask[row] = a[row]! & b[row]!;
  return mask;
}

function or(a: Mask, b: Mask): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(a.length);
  for (let row = 0; row < mask.length; row++) mask[row] = a[row]! | b[row]!;
  return mask;
}

function not(a: Mask): Mask {
  const mask = new Uint8Array(a.length);
  for (let row = 0; row < mask.length; row++) mask[row] = a[row] ? 0 : 1;
  return mask;
}

function rowsOf(mask: Mask): Uint32Array {
  const rows: number[] = [];
  for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1)) rows.push(row);
  return Uint32Array.from(rows);
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Condition } from '../../../../lib/analysis/sigma/condition.ts';
import { detect, parseRules } from '../../../../lib/analysis/sigma/index.ts';
import type { DetectionRule, Search } from '../../../../lib/analysis/sigma/rule.ts';
import { sourceOf, tableFromRows } from '../../../../lib/tables/index.ts';

const COLUMNS = ['Image', 'CommandLine', 'ParentImage'];
type Row = readonly (string | null)[];

/** What a rule means, row by row: no masks, no dictionaries, nothing left out early. */
function holds(rule: DetectionRule, row: Row): boolean {
  const searchHolds = (search: Search): boolean => {
    if (search.kind !== 'item') {
      return search.kind === 'all' ? search.parts.every(searchHolds) : search.parts.some(searchHolds);
    }
    const { field, test } = search.item;
    if (test.kind !== 'text') throw new Error('not made here');
    const value = (name: string) => row[COLUMNS.indexOf(name)] ?? null;
    const cells = field === null ? COLUMNS.map(value) : [value(field)];
    return cells.some((cell) => test.test(cell, cell?.toLowerCase() ?? null));
  };
  const conditionHolds = (condition: Condition): boolean => {
    if (condition.kind === 'search') return searchHolds(rule.searches.get(condition.name)!);
    if (condition.kind === 'not') return !conditionHolds(condition.operand);
    return condition.kind === 'and'
      ? condition.operands.every(conditionHolds)
      : condition.operands.some(conditionHolds);
  };
  return conditionHolds(rule.condition);
}

const value = fc.constantFrom('"a"', '"A*"', '"?b"', '"ab"', 'null', '"*"', '["a", "b"]');
const field = fc.constantFrom(
  'Image',
  'CommandLine',
  'ParentImage',
  'Missing',
  'Image|contains',
  'CommandLine|endswith',
  'ParentImage|contains|all',
);
const map = fc
  .uniqueArray(field, { minLength: 1, maxLength: 3 })
  .chain((fields) =>
    fc
      .tuple(...fields.map(() => value))
      .map((values) => `{ ${fields.map((name, i) => `"${name}": ${values[i]}`).join(', ')} }`),
  );
const search = fc.oneof(
  map,
  fc.array(map, { minLength: 1, maxLength: 2 }).map((maps) => `[${maps.join(', ')}]`),
  fc.constant('["b"]'),
);
const condition = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('s1', 's2', 's3', '1 of s*', 'all of them'),
    tie('node').map((inner) => `not (${inner})`),
    fc
      .tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
  ),
})).node;

it('finds the rows that reading the rule row by row finds', async () => {
  const cell = fc.constantFrom('a', 'b', 'ab', 'AB', 'ba', '', null);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(search, search, search),
      condition,
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 }),
      async ([s1, s2, s3], text, rows) => {
        const yaml = `title: t\nid: t\nlogsource: { category: process_creation }\ndetection:\n  s1: ${s1}\n  s2: ${s2}\n  s3: ${s3}\n  condition: ${text}\n`;
        const { rules, issues } = parseRules(yaml, 't.yml');
        expect(issues).toEqual([]);
        const schema = COLUMNS.map((name) => ({ name, type: 'string' as const }));
        const { matches } = await detect(rules, [sourceOf(tableFromRows(schema, rows))]);
        const expected = rows.flatMap((row, index) => (holds(rules[0] as DetectionRule, row) ? [index] : []));
        expect(matches.map((match) => match.rows[0]!.row)).toEqual(expected);
      },
    ),
    { numRuns: 400 },
  );
});

import {
  kindOf,
  mustPart,
  nameOf,
  parameterText,
  part,
  parts,
  type SyntaxNode,
  textOf,
} from '../../language/syntax.ts';
import { convert, toText } from '../convert.ts';
import { commonType } from '../expressions/comparison.ts';
import { nullOf } from '../sql.ts';
import { findStageColumn, type Stage, type StageColumn } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';

interface Key {
  readonly left: StageColumn;
  readonly right: StageColumn;
}

/** The pairs of columns that `on` equates: `a`, `$left.a == $right.b`, and `and` between such. */
function keysOf(t: Translation, expressions: readonly SyntaxNode[], left: Stage, right: Stage): Key[] {
  return expressions.flatMap((expression): Key[] => {
    const find = (stage: Stage, name: string): StageColumn => {
      const column = findStageColumn(stage, name);
      if (!column) throw t.error('semantic', expression, name, `there is no column '${name}' to join on`);
      return column;
    };
    switch (kindOf(expression)) {
      case 'NameReference':
        return [{ left: find(left, nameOf(expression)), right: find(right, nameOf(expression)) }];
      case 'ParenthesizedExpression':
        return keysOf(t, [mustPart(expression, 'Expression')], left, right);
      case 'AndExpression':
        return keysOf(t, [mustPart(expression, 'Left'), mustPart(expression, 'Right')], left, right);
      case 'EqualExpression': {
        const [a, b] = [side(t, mustPart(expression, 'Left')), side(t, mustPart(expression, 'Right'))];
        const [l, r] = a.of === '$left' ? [a, b] : [b, a];
        return [{ left: find(left, l.name), right: find(right, r.name) }];
      }
      default:
        return t.refuse(expression, textOf(expression).slice(0, 60), 'a join is on equal columns only');
    }
  });
}

function side(t: Translation, node: SyntaxNode): { of: string; name: string } {
  if (kindOf(node) === 'PathExpression') {
    const of = textOf(mustPart(node, 'Expression'));
    if (of === '$left' || of === '$right') return { of, name: nameOf(mustPart(node, 'Selector')) };
  }
  return t.refuse(node, textOf(node).slice(0, 60), 'a join is on equal columns only');
}

/** Null keys match each other. */
function matches({ left, right }: Key): string {
  const [l, r] = [`L.${left.sql}`, `R.${right.sql}`];
  if (left.type === 'string' && right.type === 'string') return `${l} = ${r}`;
  if (left.type === 'dynamic' || right.type === 'dynamic') return `${toText(l, left.type)} = ${toText(r, right.type)}`;
  if (left.type === right.type || commonType(left.type, right.type) === 'long') return `${l} IS NOT DISTINCT FROM ${r}`;
  const type = commonType(left.type, right.type);
  return `${convert(l, left.type, type)} IS NOT DISTINCT FROM ${convert(r, right.type, type)}`;
}

const SEMI: Readonly<Record<string, readonly ['L' | 'R', 'SEMI' | 'ANTI']>> = {
  leftsemi: ['L', 'SEMI'],
  leftanti: ['L', 'ANTI'],
  anti: ['L', 'ANTI'],
  leftantisemi: ['L', 'ANTI'],
  rightsemi: ['R', 'SEMI'],
  rightanti: ['R', 'ANTI'],
  rightantisemi: ['R', 'ANTI'],
};

const OUTER: Readonly<Record<string, 'INNER' | 'LEFT' | 'RIGHT' | 'FULL'>> = {
  inner: 'INNER',
  innerunique: 'INNER',
  leftouter: 'LEFT',
  rightouter: 'RIGHT',
  fullouter: 'FULL',
};

interface JoinShape {
  readonly kind: string;
  /** Leave out the right side's keys, as `lookup` does. */
  readonly dropRightKeys: boolean;
}

function joined(
  t: Translation,
  node: SyntaxNode,
  left: Stage,
  right: Stage,
  keys: readonly Key[],
  shape: JoinShape,
): Stage {
  const columns = t.columnsOf(node);
  const on = keys.map(matches).join(' AND ') || 'true';
  const semi = SEMI[shape.kind];
  if (semi) {
    const [kept, word] = semi;
    const [main, other] = kept === 'L' ? [left, right] : [right, left];
    if (kept === 'R' && left.partition.length > 0)
      return t.refuse(node, `join kind=${shape.kind}`, 'this join is not supported inside mv-apply and partition');
    const items = columns.map((column) => `${kept}.${findStageColumn(main, column.name)!.sql} AS ${column.sql}`);
    const hidden = main.partition.map((name) => `${kept}.${name}`);
    const sql = `SELECT ${[...items, ...hidden].join(', ')} FROM ${main.relation} ${kept} ${word} JOIN ${other.relation} ${kept === 'L' ? 'R' : 'L'} ON ${on}`;
    return t.stage(sql, columns, { partition: main.partition });
  }
  const word = OUTER[shape.kind];
  if (!word) return t.refuse(node, `kind=${shape.kind}`, `join kind=${shape.kind} is not known`);
  if (left.partition.length > 0 && (word === 'RIGHT' || word === 'FULL'))
    return t.refuse(node, `join kind=${shape.kind}`, 'this join is not supported inside mv-apply and partition');
  const dropped = new Set(shape.dropRightKeys ? keys.map((key) => key.right.name) : []);
  const sources = [
    ...left.columns.map((column) => ['L', column] as const),
    ...right.columns.filter((column) => !dropped.has(column.name)).map((column) => ['R', column] as const),
  ];
  if (sources.length !== columns.length) return t.refuse(node, 'join', 'the columns of this join cannot be followed');
  const padded = { L: word === 'RIGHT' || word === 'FULL', R: word === 'LEFT' || word === 'FULL' };
  const items = columns.map((column, index) => {
    const [alias, source] = sources[index]!;
    const sql = `${alias}.${source.sql}`;
    return `${source.type === 'string' && padded[alias] ? `coalesce(${sql}, ${nullOf('string')})` : sql} AS ${column.sql}`;
  });
  const hidden = left.partition.map((name) => `L.${name}`);
  const main = shape.kind === 'innerunique' ? uniqueKeys(left, keys) : left.relation;
  return t.stage(
    `SELECT ${[...items, ...hidden].join(', ')} FROM ${main} L ${word} JOIN ${right.relation} R ON ${on}`,
    columns,
    { partition: left.partition },
  );
}

/** One left row for each key: the first. */
function uniqueKeys(left: Stage, keys: readonly Key[]): string {
  const names = [...left.partition, ...keys.map((key) => key.left.sql)];
  return `(SELECT DISTINCT ON (${names.join(', ') || '1'}) * FROM ${left.relation})`;
}

function conditionOf(t: Translation, node: SyntaxNode, name: string): SyntaxNode[] {
  const clause = part(node, name);
  if (!clause) return t.refuse(node, 'join', 'a join without "on" is not supported');
  if (kindOf(clause) !== 'JoinOnClause') return t.refuse(clause, 'where', 'a join is on equal columns only');
  return parts(clause, 'Expressions');
}

const join: OperatorRule = (t, node, left, scope) => {
  const kind = (parameterText(node, 'kind') ?? 'innerunique').toLowerCase();
  const right = t.tabular(mustPart(node, 'Expression'), scope);
  const keys = keysOf(t, conditionOf(t, node, 'ConditionClause'), left, right);
  return joined(t, node, left, right, keys, { kind, dropRightKeys: false });
};

const lookup: OperatorRule = (t, node, left, scope) => {
  const kind = (parameterText(node, 'kind') ?? 'leftouter').toLowerCase();
  const right = t.tabular(mustPart(node, 'Expression'), scope);
  const keys = keysOf(t, conditionOf(t, node, 'LookupClause'), left, right);
  return joined(t, node, left, right, keys, { kind, dropRightKeys: true });
};

export const joinRules: Readonly<Record<string, OperatorRule>> = { JoinOperator: join, LookupOperator: lookup };

import { language } from '../kql/language/language.ts';
import {
  bare,
  kindOf,
  nameOf,
  parameterText,
  part,
  parts,
  type SyntaxNode,
  textOf,
  walk,
} from '../kql/language/syntax.ts';

/** A place in a query where a table comes in. */
export interface KqlSource {
  /** The table's name; for `workspace("x").T` the last part. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface KqlSources {
  readonly tables: readonly KqlSource[];
  /** What else rows come from, and is not a table by name: `search`, `find`, wildcards, functions. */
  readonly others: readonly string[];
}

/** Functions that give the tables of Sentinel's normalised schemas: they have `TimeGenerated` as tables do. */
const ASIM = /^_(?:Im|ASim)_/;
/** What brings its own rows, or is met on its own when the tree is walked. */
const OWN_ROWS = new Set([
  'PipeExpression',
  'MaterializeExpression',
  'SearchOperator',
  'FindOperator',
  'PrintOperator',
  'RangeOperator',
  'DataTableExpression',
  'ExternalDataExpression',
  'EvaluateOperator',
]);

/** Where a query takes its rows from. A text with errors of syntax gives what could be read of it. */
export function sourcesOf(kql: string): KqlSources {
  const { root } = language().analyze(kql, language().globals([], []));
  const lets = letsOf(root);
  const tables: KqlSource[] = [];
  const others: string[] = [];
  const followed = new Set<string>();

  const add = (expression: SyntaxNode | undefined): void => {
    if (!expression) return;
    const node = bare(expression);
    const kind = kindOf(node);
    if (kind === 'NameReference') {
      const name = nameOf(node);
      const bound = lets.get(name);
      if (bound === undefined && name.includes('*')) others.push(name);
      else if (bound === undefined) tables.push(placeOf(node, name));
      else if (bound && !followed.has(name)) {
        // `let a = T;` does not show that T is a table; that `a` is read as one does.
        followed.add(name);
        if (['NameReference', 'PathExpression', 'FunctionCallExpression'].includes(kindOf(bare(bound)))) add(bound);
      }
    } else if (kind === 'PathExpression') {
      const selector = part(node, 'Selector');
      tables.push(placeOf(node, selector ? nameOf(selector) : textOf(node)));
    } else if (kind === 'FunctionCallExpression') {
      const name = nameOf(part(node, 'Name') ?? node);
      if (name === 'table' || ASIM.test(name)) tables.push(placeOf(node, name));
      else if (!lets.has(name) && name !== 'materialize') others.push(`${name}()`);
    } else if (kind === 'UnionOperator') addUnion(node);
    else if (/Wildcard/.test(kind)) others.push(textOf(node));
    else if (!OWN_ROWS.has(kind)) others.push(kind);
  };

  const addUnion = (union: SyntaxNode): void => {
    // The source column would show `union_arg0` in the place of a table's name.
    if (parameterText(union, 'withsource') !== undefined) others.push('union withsource');
    else for (const operand of parts(union, 'Expressions')) add(operand);
  };

  walk(root, (node) => {
    switch (kindOf(node)) {
      case 'PipeExpression': {
        add(part(node, 'Expression'));
        const operator = part(node, 'Operator');
        if (operator && kindOf(operator) === 'UnionOperator')
          for (const operand of parts(operator, 'Expressions')) add(operand);
        return;
      }
      case 'JoinOperator':
      case 'LookupOperator':
        add(part(node, 'Expression'));
        return;
      case 'ExpressionStatement':
        add(part(node, 'Expression'));
        return;
      case 'SearchOperator':
      case 'FindOperator': {
        const isFed =
          node.Parent !== null && kindOf(node.Parent) === 'PipeExpression' && part(node.Parent, 'Operator') === node;
        if (!isFed) others.push(kindOf(node) === 'FindOperator' ? 'find' : 'search');
        return;
      }
    }
  });
  const distinct = new Map(tables.map((table) => [table.start, table]));
  return { tables: [...distinct.values()].sort((a, b) => a.start - b.start), others: [...new Set(others)] };
}

/** Names that `let` binds, with what they stand for; parameters of functions stand for nothing that can be followed. */
function letsOf(root: SyntaxNode): Map<string, SyntaxNode | null> {
  const lets = new Map<string, SyntaxNode | null>();
  walk(root, (node) => {
    const kind = kindOf(node);
    if (kind === 'LetStatement') {
      const name = part(node, 'Name');
      if (name) lets.set(nameOf(name), part(node, 'Expression') ?? null);
    } else if (kind === 'FunctionParameter') {
      const declared = part(node, 'NameAndType');
      const name = declared && part(declared, 'Name');
      if (name) lets.set(nameOf(name), null);
    }
  });
  return lets;
}

function placeOf(node: SyntaxNode, name: string): KqlSource {
  return { name, start: node.TextStart, end: node.TextStart + node.Width };
}

import type { KqlType } from '../../tables/index.ts';
import { language } from './language.ts';

/** A node of the parser's tree. Its named children are reached with `part` and `parts`. */
export interface SyntaxNode {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly TextStart: number;
  readonly Width: number;
  readonly IsToken: boolean;
  readonly Parent: SyntaxNode | null;
  readonly ResultType?: TypeSymbol | null;
  readonly ReferencedSymbol?: NamedSymbol | null;
  readonly LiteralValue?: unknown;
  readonly SimpleName?: string;
  readonly Text?: string;
  GetChild(index: number): SyntaxNode | null;
  /** 0: with the trivia before it, 1: without, 2: minified. */
  ToString(trivia: number): string;
  toString(): string;
  GetCalledFunctionBody?(): SyntaxNode | null;
}

export interface NamedSymbol {
  readonly Kind: number;
  readonly Name: string;
}

export interface TypeSymbol extends NamedSymbol {
  readonly Columns?: { readonly Count: number; getItem(index: number): { Name: string; Type: TypeSymbol } };
  readonly IsOpen?: boolean;
}

/** A scalar type of KQL; what the analyser cannot tell is treated as `dynamic`. */
export function scalarTypeOf(symbol: TypeSymbol | null | undefined): KqlType {
  switch (symbol?.Name) {
    case 'string':
    case 'long':
    case 'int':
    case 'real':
    case 'bool':
    case 'datetime':
    case 'timespan':
    case 'guid':
    case 'decimal':
      return symbol.Name;
    default:
      return 'dynamic';
  }
}

const columnsBySymbol = new WeakMap<TypeSymbol, readonly { name: string; type: KqlType }[]>();

/** The columns of a table or tuple; undefined if the symbol has none. Reading them from the parser is slow: kept. */
export function columnsOfSymbol(symbol: TypeSymbol): readonly { name: string; type: KqlType }[] | undefined {
  const known = columnsBySymbol.get(symbol);
  if (known) return known;
  const list = symbol.Columns;
  if (!list) return undefined;
  const columns = Array.from({ length: list.Count }, (_, index) => {
    const column = list.getItem(index);
    return { name: column.Name, type: scalarTypeOf(column.Type) };
  });
  columnsBySymbol.set(symbol, columns);
  return columns;
}

export function typeOf(node: SyntaxNode): KqlType {
  return scalarTypeOf(node.ResultType);
}

export function kindOf(node: SyntaxNode): string {
  return language().kindName(node);
}

export function isTabular(node: SyntaxNode): boolean {
  return node.ResultType ? language().symbolKind(node.ResultType) === 'Table' : false;
}

export function isTuple(node: SyntaxNode): boolean {
  return node.ResultType ? language().symbolKind(node.ResultType) === 'Tuple' : false;
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child) found.push(child);
  }
  return found;
}

/** A named child, as `Condition` of a `where`; undefined if the query leaves it out. */
export function part(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return (node as unknown as Record<string, SyntaxNode | null | undefined>)[name] ?? undefined;
}

/** A named child that the grammar guarantees. */
export function mustPart(node: SyntaxNode, name: string): SyntaxNode {
  const found = part(node, name);
  if (!found) throw new TypeError(`${kindOf(node)} has no ${name}`);
  return found;
}

/** The elements of a separated list that is a named child (empty if it is left out). */
export function parts(node: SyntaxNode, name: string): SyntaxNode[] {
  return elements(part(node, name));
}

export function elements(list: SyntaxNode | undefined): SyntaxNode[] {
  if (!list) return [];
  return children(list).flatMap((child) => {
    const element = kindOf(child) === 'SeparatedElement' ? child.GetChild(0) : child;
    return element ? [element] : [];
  });
}

/** The node's own text, without the whitespace and comments before it. */
export function textOf(node: SyntaxNode): string {
  return String(node.ToString(1)).trim();
}

/** The name that a reference or declaration spells, without brackets and quotes. */
export function nameOf(node: SyntaxNode): string {
  if (typeof node.SimpleName === 'string' && node.SimpleName !== '') return node.SimpleName;
  return textOf(node).replace(/^\[\s*(['"])(.*)\1\s*\]$/s, '$2');
}

/** `kind=…` and the like before an operator's operands. */
export function parameterOf(operator: SyntaxNode, name: string): SyntaxNode | undefined {
  for (const parameter of parts(operator, 'Parameters')) {
    if (nameOf(mustPart(parameter, 'Name')).toLowerCase() === name) return mustPart(parameter, 'Expression');
  }
  return undefined;
}

export function parameterText(operator: SyntaxNode, name: string): string | undefined {
  const value = parameterOf(operator, name);
  if (!value) return undefined;
  return typeof value.LiteralValue === 'string' ? value.LiteralValue : textOf(value).replace(/^(['"])(.*)\1$/s, '$2');
}

/** The expression without `name =` before it and brackets around it. */
export function bare(node: SyntaxNode): SyntaxNode {
  const kind = kindOf(node);
  if (kind === 'SimpleNamedExpression' || kind === 'ParenthesizedExpression') return bare(mustPart(node, 'Expression'));
  return node;
}

/** Visits a node and all below it. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const child of children(node)) walk(child, visit);
}

/** The scalar type that a type expression names: `long` in `x:long`. */
export function namedType(node: SyntaxNode): KqlType {
  return typeNamed(textOf(node));
}

export function typeNamed(name: string): KqlType {
  return scalarTypeOf(language().typeNamed(name));
}

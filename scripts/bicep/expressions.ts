import type { Node } from 'web-tree-sitter';
import { parts } from './parse.ts';

/** A value of a template: JSON, where text in brackets is an expression. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A resource or module that expressions may refer to by its symbolic name. */
export interface Declared {
  readonly kind: 'resource' | 'module';
  readonly type: string;
  readonly apiVersion: string;
  readonly existing: boolean;
  /** Expressions of the names from the outermost parent on. */
  readonly names: readonly string[];
  /** Expressions of subscription and resource group, where it lies in another scope. */
  readonly scope: readonly string[];
}

/** What names mean in one file. */
export interface Names {
  readonly parameters: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
  readonly declared: ReadonlyMap<string, Declared>;
  /** Called for each symbolic name that an expression refers to. */
  readonly onReference: (name: string) => void;
}

/** A Bicep value as it stands in a template: literals as JSON, everything else as an expression in brackets. */
export function toJson(node: Node, names: Names): Json {
  switch (node.type) {
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    case 'null':
      return null;
    case 'array':
      return parts(node).map((item) => toJson(item, names));
    case 'object':
      return Object.fromEntries(properties(node).map(([key, value]) => [keyText(key, names), toJson(value, names)]));
    case 'string': {
      const literal = literalText(node);
      if (literal !== undefined) return literal.startsWith('[') ? `[${literal}` : literal;
      return `[${toExpression(node, names)}]`;
    }
    default:
      return `[${toExpression(node, names)}]`;
  }
}

/** The key and value nodes of an object. */
export function properties(node: Node): [Node, Node][] {
  return parts(node).map((property) => {
    const [key, value] = parts(property);
    if (property.type !== 'object_property' || !key || !value) throw unknown(property);
    return [key, value];
  });
}

/** The name of a property that is not computed. */
export function keyName(key: Node): string {
  return (key.type === 'string' ? literalText(key) : key.text) ?? key.text;
}

function keyText(key: Node, names: Names): string {
  if (key.type !== 'string') return key.text;
  const literal = literalText(key);
  return literal ?? `[${toExpression(key, names)}]`;
}

/** The text of a string without interpolation, or undefined. */
export function literalText(node: Node): string | undefined {
  const children = parts(node);
  if (children.some((child) => child.type === 'interpolation')) return undefined;
  return children.map(contentText).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\'": "'",
  '\\\\': '\\',
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
  '\\$': '$',
};

function contentText(node: Node): string {
  return node.type === 'escape_sequence' ? (ESCAPES[node.text] ?? node.text) : node.text;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const OPERATORS: Readonly<Record<string, string>> = {
  '==': 'equals',
  '&&': 'and',
  '||': 'or',
  '+': 'add',
  '-': 'sub',
  '<': 'less',
  '>': 'greater',
};

/** A Bicep expression in the language of templates. */
export function toExpression(node: Node, names: Names): string {
  const inner = (child: Node | null | undefined) => {
    if (!child) throw unknown(node);
    return toExpression(child, names);
  };
  switch (node.type) {
    case 'number':
      return node.text;
    case 'boolean':
      return `${node.text}()`;
    case 'null':
      return 'null()';
    case 'string':
      return stringExpression(node, names);
    case 'array':
      return `createArray(${parts(node).map(inner).join(', ')})`;
    case 'object':
      return `createObject(${properties(node)
        .flatMap(([key, value]) => [quoted(keyName(key)), inner(value)])
        .join(', ')})`;
    case 'parenthesized_expression':
      return inner(parts(node)[0]);
    case 'unary_expression':
      if (!node.text.startsWith('!')) throw unknown(node);
      return `not(${inner(node.childForFieldName('argument'))})`;
    case 'binary_expression': {
      const operator = node.child(1)?.text ?? '';
      const [left, right] = [inner(node.childForFieldName('left')), inner(node.childForFieldName('right'))];
      if (operator === '!=') return `not(equals(${left}, ${right}))`;
      const name = OPERATORS[operator];
      if (!name) throw unknown(node);
      return `${name}(${left}, ${right})`;
    }
    case 'ternary_expression':
      return `if(${['condition', 'consequence', 'alternative'].map((field) => inner(node.childForFieldName(field))).join(', ')})`;
    case 'call_expression': {
      const args = node.childForFieldName('arguments');
      return `${node.childForFieldName('function')?.text}(${args ? parts(args).map(inner).join(', ') : ''})`;
    }
    case 'subscript_expression':
      return `${inner(node.childForFieldName('object'))}[${inner(node.childForFieldName('index'))}]`;
    case 'identifier':
      return identifierExpression(node, names);
    case 'member_expression':
      return memberExpression(node, names);
    default:
      throw unknown(node);
  }
}

function stringExpression(node: Node, names: Names): string {
  const literal = literalText(node);
  if (literal !== undefined) return quoted(literal);
  let format = '';
  const values: string[] = [];
  for (const child of parts(node)) {
    if (child.type === 'interpolation') {
      format += `{${values.length}}`;
      values.push(toExpression(parts(child)[0]!, names));
    } else format += contentText(child).replaceAll('{', '{{').replaceAll('}', '}}');
  }
  return `format(${[quoted(format), ...values].join(', ')})`;
}

function identifierExpression(node: Node, { parameters, variables }: Names): string {
  const name = node.text;
  if (variables.has(name)) return `variables(${quoted(name)})`;
  if (parameters.has(name)) return `parameters(${quoted(name)})`;
  throw unknown(node);
}

/** `account.id`, `account.properties.primaryEndpoints.blob`, `storage.outputs.accountName`, `environment().name`. */
function memberExpression(node: Node, names: Names): string {
  const path: string[] = [];
  let at: Node = node;
  while (at.type === 'member_expression') {
    path.unshift(at.childForFieldName('property')!.text);
    at = at.childForFieldName('object')!;
  }
  const declared = at.type === 'identifier' ? names.declared.get(at.text) : undefined;
  if (!declared) return [toExpression(at, names), ...path].join('.');
  names.onReference(at.text);
  const symbol = quoted(at.text);
  const [first, ...rest] = path;
  if (declared.kind === 'module') {
    if (first !== 'outputs') throw unknown(node);
    return [`reference(${symbol})`, 'outputs', ...rest.slice(0, 1), 'value', ...rest.slice(1)].join('.');
  }
  if (first === 'id') return resourceId(declared);
  if (first === 'name') return declared.names.at(-1)!;
  if (first === 'properties') return [`reference(${symbol})`, ...rest].join('.');
  return [`reference(${symbol}, ${quoted(declared.apiVersion)}, 'full')`, ...path].join('.');
}

/** The expression of a resource's id. */
export function resourceId({ type, names, scope }: Declared): string {
  return `resourceId(${[...scope, quoted(type), ...names].join(', ')})`;
}

function unknown(node: Node): Error {
  const { row, column } = node.startPosition;
  return new Error(`${row + 1}:${column + 1}: ${node.type} is not translated: ${node.text.slice(0, 60)}`);
}

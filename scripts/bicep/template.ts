import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Node } from 'web-tree-sitter';
import {
  type Declared,
  type Json,
  keyName,
  literalText,
  type Names,
  properties,
  resourceId,
  toExpression,
  toJson,
} from './expressions.ts';
import { parseBicep, parts } from './parse.ts';

type Template = { [key: string]: Json };

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const DEPLOYMENTS_API = '2022-09-01';

/**
 * The ARM template of a Bicep file, with its modules nested: what the Deploy-to-Azure button needs, made without the
 * Bicep compiler. It knows the part of the language that `bicep/` uses, refuses the rest by name, and writes templates
 * of language version 2.0, in which resources keep their symbolic names.
 *
 * @throws Error that names the file, the line and what is not understood
 */
export async function templateOf(file: string): Promise<Template> {
  const { root, problems } = await parseBicep(readFileSync(file, 'utf8'));
  const [problem] = problems;
  if (problem) throw new Error(`${file}:${problem.line}:${problem.column}: cannot be parsed at "${problem.text}"`);
  try {
    return await translate(root, dirname(file));
  } catch (error) {
    throw new Error(`${file}:${(error as Error).message}`, { cause: error });
  }
}

async function translate(root: Node, folder: string): Promise<Template> {
  const statements = withDecorators(root);
  const parameters = new Set<string>();
  const variables = new Set<string>();
  for (const { node } of statements) {
    if (node.type === 'parameter_declaration') parameters.add(symbolOf(node));
    if (node.type === 'variable_declaration') variables.add(symbolOf(node));
  }
  const declared = new Map<string, Declared>();
  const names: Names = { parameters, variables, declared, onReference: () => undefined };
  for (const { node } of statements) {
    if (node.type === 'resource_declaration') declared.set(symbolOf(node), declaredResource(node, names));
    if (node.type === 'module_declaration') declared.set(symbolOf(node), declaredModule());
  }
  const template = {
    $schema: SCHEMA,
    languageVersion: '2.0',
    contentVersion: '1.0.0.0',
    parameters: {} as Template,
    variables: {} as Template,
    resources: {} as Template,
    outputs: {} as Template,
  };
  for (const { node, decorators } of statements) {
    const symbol = node.type === 'target_scope_assignment' ? '' : symbolOf(node);
    if (node.type === 'parameter_declaration') template.parameters[symbol] = parameterOf(node, decorators, names);
    else if (node.type === 'variable_declaration') template.variables[symbol] = toJson(parts(node)[1]!, names);
    else if (node.type === 'output_declaration') template.outputs[symbol] = outputOf(node, names);
    else if (node.type === 'resource_declaration') template.resources[symbol] = resourceOf(node, names);
    else if (node.type === 'module_declaration') template.resources[symbol] = await moduleOf(node, names, folder);
  }
  return template;
}

interface Statement {
  readonly node: Node;
  readonly decorators: readonly Node[];
}

function withDecorators(root: Node): Statement[] {
  const statements: Statement[] = [];
  let decorators: Node[] = [];
  for (const node of parts(root)) {
    if (node.type === 'decorators') decorators = parts(node);
    else {
      statements.push({ node, decorators });
      decorators = [];
    }
  }
  return statements;
}

const symbolOf = (node: Node) => parts(node)[0]!.text;

/** The object of a resource or module, and its condition. */
function bodyOf(node: Node): { body: Map<string, Node>; condition: Node | undefined } {
  let object = parts(node).at(-1)!;
  let condition: Node | undefined;
  if (object.type === 'if_statement') {
    const [test, inner] = parts(object);
    condition = test;
    object = inner!;
  }
  return { body: new Map(properties(object).map(([key, value]) => [keyName(key), value])), condition };
}

function declaredResource(node: Node, names: Names): Declared {
  const [type, apiVersion] = literalText(parts(node)[1]!)!.split('@') as [string, string];
  const { body } = bodyOf(node);
  const parent = body.get('parent');
  const parentNames = parent ? names.declared.get(parent.text)!.names : [];
  const scope = body.get('scope');
  return {
    kind: 'resource',
    type,
    apiVersion,
    existing: node.children.some((child) => child?.type === 'existing'),
    names: [...parentNames, toExpression(body.get('name')!, names)],
    scope: scope?.type === 'call_expression' ? scopeArguments(scope, names) : [],
  };
}

const declaredModule = (): Declared => ({
  kind: 'module',
  type: 'Microsoft.Resources/deployments',
  apiVersion: DEPLOYMENTS_API,
  existing: false,
  names: [],
  scope: [],
});

/** The arguments of `resourceGroup(subscription, group)`. */
function scopeArguments(scope: Node, names: Names): string[] {
  return parts(scope.childForFieldName('arguments')!).map((argument) => toExpression(argument, names));
}

function parameterOf(node: Node, decorators: readonly Node[], names: Names): Template {
  const [, type, value] = parts(node);
  const parameter: Template = { type: type!.text };
  if (value) parameter['defaultValue'] = toJson(value, names);
  for (const decorator of decorators) {
    const call = parts(decorator)[0]!;
    const name = call.childForFieldName('function')!.text;
    const [argument] = parts(call.childForFieldName('arguments')!);
    if (name === 'secure') parameter['type'] = type!.text === 'object' ? 'secureObject' : 'securestring';
    else if (name === 'description') parameter['metadata'] = { description: toJson(argument!, names) };
    else if (name === 'allowed') parameter['allowedValues'] = toJson(argument!, names);
    else if (/^(min|max)(Length|Value)$/.test(name)) parameter[name] = toJson(argument!, names);
    else throw new Error(`${decorator.startPosition.row + 1}: @${name} is not translated`);
  }
  return parameter;
}

function outputOf(node: Node, names: Names): Template {
  const [, type, value] = parts(node);
  return { type: type!.text, value: toJson(value!, names) };
}

/** The names with a note of what is referred to, for `dependsOn`. */
function noting(names: Names): { names: Names; used: Set<string> } {
  const used = new Set<string>();
  const onReference = (name: string) => {
    if (!names.declared.get(name)!.existing) used.add(name);
  };
  return { names: { ...names, onReference }, used };
}

function dependsOn(body: Map<string, Node>, used: Set<string>): Template {
  for (const item of body.has('dependsOn') ? parts(body.get('dependsOn')!) : []) used.add(item.text);
  return used.size > 0 ? { dependsOn: [...used].sort() } : {};
}

function resourceOf(node: Node, outer: Names): Template {
  const own = outer.declared.get(symbolOf(node))!;
  const { names, used } = noting(outer);
  const { body, condition } = bodyOf(node);
  const resource: Template = {};
  if (condition) resource['condition'] = `[${toExpression(condition, names)}]`;
  if (own.existing) resource['existing'] = true;
  resource['type'] = own.type;
  resource['apiVersion'] = own.apiVersion;
  const scope = body.get('scope');
  if (own.scope.length > 0) Object.assign(resource, otherScope(own.scope));
  else if (scope) {
    names.onReference(scope.text);
    resource['scope'] = `[${resourceId(names.declared.get(scope.text)!)}]`;
  }
  const parent = body.get('parent');
  if (parent) names.onReference(parent.text);
  resource['name'] = parent
    ? `[format('${own.names.map((_, index) => `{${index}}`).join('/')}', ${own.names.join(', ')})]`
    : toJson(body.get('name')!, names);
  for (const [key, value] of body) {
    if (!['name', 'parent', 'scope', 'dependsOn'].includes(key)) resource[key] = toJson(value, names);
  }
  return { ...resource, ...dependsOn(body, used) };
}

function otherScope(scope: readonly string[]): Template {
  const [subscriptionId, resourceGroup] = scope.length === 2 ? scope : [undefined, scope[0]];
  return {
    ...(subscriptionId ? { subscriptionId: `[${subscriptionId}]` } : {}),
    resourceGroup: `[${resourceGroup}]`,
  };
}

async function moduleOf(node: Node, outer: Names, folder: string): Promise<Template> {
  const { names, used } = noting(outer);
  const { body, condition } = bodyOf(node);
  const template = await templateOf(join(folder, literalText(parts(node)[1]!)!));
  const scope = body.get('scope');
  const given = properties(body.get('params')!).map(([key, value]) => [keyName(key), { value: toJson(value, names) }]);
  return {
    ...(condition ? { condition: `[${toExpression(condition, names)}]` } : {}),
    type: 'Microsoft.Resources/deployments',
    apiVersion: DEPLOYMENTS_API,
    name: toJson(body.get('name')!, names),
    ...(scope ? otherScope(scopeArguments(scope, names)) : {}),
    properties: {
      expressionEvaluationOptions: { scope: 'inner' },
      mode: 'Incremental',
      parameters: Object.fromEntries(given),
      template,
    },
    ...dependsOn(body, used),
  };
}

import type { KqlType } from '../../tables/index.ts';
import type { Json } from '../json.ts';
import { isTuple, kindOf, type SyntaxNode, typeOf } from '../language/syntax.ts';
import { convert, toDynamic } from '../translate/convert.ts';
import { constantOf } from '../translate/expressions/constants.ts';
import { truth } from '../translate/expressions/logic.ts';
import { scalarText } from '../translate/expressions/text.ts';
import type { Row } from '../translate/stage.ts';
import type { Translation } from '../translate/translation.ts';

/**
 * What an argument is handed over as: a type of KQL (converted), `any` (as it is), `number` (dynamics and texts become
 * reals, the rest stays), or `condition` (a bool of which null may count as false).
 */
export type ArgumentType = KqlType | 'any' | 'number' | 'condition';

/** A call of a function, while it is translated. */
export interface Call {
  readonly t: Translation;
  readonly node: SyntaxNode;
  readonly name: string;
  readonly row: Row;
  readonly args: readonly SyntaxNode[];
  readonly resultType: KqlType;
  /** The SQL of an argument; 0-based. */
  sql(index: number, as?: ArgumentType): string;
  type(index: number): KqlType;
  /** Its value where it is known at translation. */
  constant(index: number): Json | undefined;
  refuse(message: string): never;
}

/** How a function is done: SQL with `$1`, `$2`… (`$*`: all from there on), or code that writes the SQL. */
export type SqlOf = string | ((call: Call) => string);

/** A row of the function table that is done in SQL. */
export interface SqlFunction {
  readonly names: readonly string[];
  /** Types of the arguments; `=…` after one gives the SQL for it when it is left out; a last `…` repeats it. */
  readonly args: string;
  readonly sql: SqlOf;
}

/** What TypeScript functions get and give: texts, bigints (long, datetime, timespan), numbers, booleans, or null. */
export type UdfValue = string | number | bigint | boolean | null;

/** A row of the function table that is done in TypeScript. */
/** A function of whatever parameters its `args` declare. */
export type TypedRun = (...values: never[]) => UdfValue;

export interface TypeScriptFunction {
  readonly names: readonly string[];
  readonly args: string;
  readonly returns: KqlType;
  /** Called only with values, unless `nulls` is set. `dynamic` values come and go as JSON text. */
  readonly run: TypedRun;
  readonly nulls?: boolean;
  /** How its results differ from Kusto's: a warning says so wherever it is called. */
  readonly deviation?: string;
}

export type ScalarFunction = SqlFunction | TypeScriptFunction;

interface ArgumentSpec {
  readonly type: ArgumentType;
  readonly missing?: string;
  readonly repeats: boolean;
}

const specs = new Map<string, readonly ArgumentSpec[]>();

export function argumentSpecs(args: string): readonly ArgumentSpec[] {
  let parsed = specs.get(args);
  if (!parsed) {
    parsed =
      args === ''
        ? []
        : args.split(/,\s*/).map((text) => {
            const [, type, repeats, missing] = /^(\w+)(…)?(?:=(.*))?$/.exec(text)!;
            return {
              type: type as ArgumentType,
              repeats: repeats !== undefined,
              ...(missing === undefined ? {} : { missing }),
            };
          });
    specs.set(args, parsed);
  }
  return parsed;
}

/** The SQL of each argument, converted as the table says; what is left out is filled in. */
export function argumentsOf(call: Call, args: string): string[] {
  const wanted = argumentSpecs(args);
  const given = call.args.map((_, index) => {
    const spec = wanted[Math.min(index, wanted.length - 1)];
    if (!spec || (index >= wanted.length && !spec.repeats))
      return call.refuse(`${call.name}() is not supported with ${call.args.length} arguments`);
    return call.sql(index, spec.type);
  });
  const filled = wanted.slice(given.length).flatMap((spec) => {
    if (spec.repeats) return [];
    if (spec.missing === undefined) return call.refuse(`${call.name}() needs ${wanted.length} arguments`);
    return [spec.missing];
  });
  return [...given, ...filled];
}

export function applyTemplate(template: string, args: readonly string[]): string {
  return template.replace(/\$(\d|\*)/g, (_, index: string) =>
    index === '*' ? args.join(', ') : (args[Number(index) - 1] ?? ''),
  );
}

export function makeCall(t: Translation, node: SyntaxNode, name: string, args: readonly SyntaxNode[], row: Row): Call {
  return {
    t,
    node,
    name,
    row,
    args,
    resultType: typeOf(node),
    type: (index) => typeOf(args[index]!),
    constant: (index) => (args[index] ? constantOf(args[index], row) : undefined),
    refuse: (message) => t.refuse(node, `${name}()`, message),
    sql(index, as = 'any') {
      const argument = args[index];
      if (!argument) return t.refuse(node, `${name}()`, `${name}() needs more arguments`);
      if (kindOf(argument) === 'StarExpression' || isTuple(argument))
        return t.refuse(argument, `${name}()`, `${name}(*) is not supported`);
      return argumentAs(t, argument, row, as);
    },
  };
}

function argumentAs(t: Translation, argument: SyntaxNode, row: Row, as: ArgumentType): string {
  const own = typeOf(argument);
  switch (as) {
    case 'any':
      return t.scalar(argument, row);
    case 'string':
      return scalarText(t, argument, row);
    case 'dynamic':
      return toDynamic(t.scalar(argument, row), own);
    case 'condition':
      return truth(t, argument, row, true);
    case 'number':
      return own === 'dynamic' || own === 'string'
        ? convert(t.scalar(argument, row), own, 'real')
        : own === 'bool'
          ? convert(t.scalar(argument, row), own, 'long')
          : t.scalar(argument, row);
    default:
      return convert(t.scalar(argument, row), own, as);
  }
}

/** The SQL name of a TypeScript function. */
export function udfName(definition: TypeScriptFunction): string {
  return `kql_fn_${definition.names[0]}`;
}

import type { EditedText } from './edits.ts';
import { KqlError, positionOf } from './errors.ts';
import type { Analysis, Diagnostic } from './language/language.ts';
import { bare, kindOf, mustPart, nameOf, parts, type SyntaxNode, typeOf, walk } from './language/syntax.ts';

/** What reaches beyond the workspace: the analyser does not know these functions, and offline there is nothing to ask. */
export const CROSS_RESOURCE: ReadonlySet<string> = new Set([
  'workspace',
  'cluster',
  'database',
  'adx',
  'arg',
  'app',
  'resource',
  'external_table',
]);

/** An error of the analyser as the query's own: with its place in the text that the caller wrote. */
export function diagnosticError(
  code: 'syntax' | 'semantic',
  diagnostic: Diagnostic,
  edited: EditedText,
  text: string,
): KqlError {
  const construct = edited.text.slice(diagnostic.start, diagnostic.start + diagnostic.length).slice(0, 100);
  return new KqlError({
    code: /depth exceeds maximum/.test(diagnostic.message) ? 'limit' : code,
    construct,
    message: diagnostic.message,
    ...positionOf(text, edited.originalOffset(diagnostic.start)),
  });
}

const UNKNOWN_FUNCTION = 'KS211';
const UNKNOWN_NAMES = new Set(['KS142', UNKNOWN_FUNCTION]);

/** The first error; of those at its place, the one that says that a name is unknown: the others follow from it. */
export function semanticError(errors: readonly Diagnostic[], edited: EditedText, text: string): KqlError {
  const first = errors[0]!;
  const cause = errors.find(({ code, start }) => start === first.start && UNKNOWN_NAMES.has(code)) ?? first;
  const name = edited.text.slice(cause.start, cause.start + cause.length);
  if (cause.code !== UNKNOWN_FUNCTION || !CROSS_RESOURCE.has(name.toLowerCase()))
    return diagnosticError('semantic', cause, edited, text);
  return new KqlError({
    code: 'unsupported',
    construct: `${name}()`,
    message: `${name}() reaches another resource, which is not possible offline`,
    ...positionOf(text, edited.originalOffset(cause.start)),
  });
}

/** The errors of an analysis without those of which only the analyser thinks so: the engine takes such queries. */
export function realErrors({ semanticErrors, text, root }: Analysis): readonly Diagnostic[] {
  const errors = semanticErrors.filter((error) => !isTolerated(error, text));
  if (!errors.some(({ code }) => JSON_ARGUMENT.has(code))) return errors;
  const given = jsonArguments(root);
  return errors.filter(({ code, start }) => !JSON_ARGUMENT.has(code) || !given.has(start));
}

/** What the analyser is stricter about than the engine: these calls give null or count as text. */
function isTolerated({ code, start }: Diagnostic, text: string): boolean {
  if (code === 'KS234' || code === 'KS235') return true;
  if (code === 'KS119') return text.startsWith(NEWER_PLUGIN, start);
  if (code === 'KS107') return /\bsearch\b[^|]*$/.test(text.slice(0, start));
  return code === 'KS134' && /\bmake_timespan\s*\([^)]*$/.test(text.slice(0, start));
}

const JSON_ARGUMENT = new Set(['KS107', 'KS141']);
const FROM_JSON = /^(?:parse_?json|todynamic|toobject)$/;
/** Its last two arguments are newer than the analyser. */
const NEWER_PLUGIN = 'bag_unpack';

/** Where a value that is dynamic already is given to `parse_json` and its kin: it stays as it is. */
function jsonArguments(root: SyntaxNode): ReadonlySet<number> {
  const starts = new Set<number>();
  walk(root, (node) => {
    if (kindOf(node) !== 'FunctionCallExpression') return;
    const name = nameOf(mustPart(node, 'Name'));
    const given = parts(mustPart(node, 'ArgumentList'), 'Expressions');
    for (const argument of name === NEWER_PLUGIN ? given.slice(1) : FROM_JSON.test(name) ? given.slice(0, 1) : []) {
      const value = bare(argument);
      if (typeOf(value) === 'dynamic') starts.add(argument.TextStart).add(value.TextStart);
    }
  });
  return starts;
}

import type { Warning } from '../outcome.ts';
import type { KqlType, TableSchema } from '../tables/index.ts';
import {
  type Catalogue,
  type CatalogueTable,
  emptyRelation,
  globalsOf,
  mentionedFunctions,
  mentionedTables,
} from './catalogue.ts';
import { diagnosticError, realErrors, semanticError } from './diagnostics.ts';
import { applyEdits, type EditedText, unedited } from './edits.ts';
import { encodeName } from './encode.ts';
import { KqlError, positionOf } from './errors.ts';
import { type Analysis, type Diagnostic, type FunctionSignature, language } from './language/language.ts';
import { elements, mustPart, part, type SyntaxNode, textOf } from './language/syntax.ts';
import { FILE_PROFILE_SCHEMA, serviceEdits, WATCHLIST_SCHEMA, watchlistTable } from './rewrites.ts';
import { NeedsColumns } from './translate/discovery.ts';
import { rules } from './translate/rules.ts';
import type { Scope, Stage } from './translate/stage.ts';
import { runStatement } from './translate/statements.ts';
import { Translation, type TranslationTable } from './translate/translation.ts';
import { namedWatchlistColumns } from './watchlists.ts';

export interface CompileOptions {
  readonly tables: Catalogue;
  readonly functions: ReadonlyMap<string, FunctionSignature>;
  readonly nowInTicks: bigint;
  readonly maxSqlCharacters: number;
  /** Answers what columns an operator has, where the data decides. */
  readonly ask: (sql: string) => Promise<readonly (readonly unknown[])[]>;
}

export interface CompiledStage {
  readonly operator: string;
  readonly sql: string;
}

export interface Compiled {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: KqlType }[];
  readonly stages: readonly CompiledStage[];
  readonly warnings: readonly Warning[];
}

const MAX_PASSES = 40;

/** From text to SQL: rewrites what only the service has, analyses, translates, and asks the data where it must. */
export async function compile(text: string, options: CompileOptions): Promise<Compiled> {
  let edited = unedited(text);
  const guessed = new Map<string, readonly string[]>();
  const watchlists = new Map<string, Set<string>>();
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const session = analyse(edited, text, options, watchlists);
    if ('retry' in session) {
      edited = session.retry;
      continue;
    }
    const { analysis, tables } = session;
    const errors = realErrors(analysis);
    if (errors.length > 0) {
      if (addColumns(watchlists, namedWatchlistColumns(analysis, errors), options.tables)) continue;
      const repaired = guessedColumns(edited, errors, guessed);
      if (!repaired) throw semanticError(errors, edited, text);
      edited = repaired;
      continue;
    }
    const translation = new Translation(
      {
        text,
        tables,
        nowInTicks: options.nowInTicks,
        maxSqlCharacters: options.maxSqlCharacters,
        originalOffset: edited.originalOffset,
      },
      rules,
    );
    try {
      const final = translate(translation, analysis, options, text);
      const { sql, stages } = translation.finish(final);
      return {
        sql,
        columns: final.columns.map(({ name, type }) => ({ name, type })),
        stages: stages.map(({ operator, sql: stageSql }) => ({ operator, sql: stageSql })),
        warnings: translation.warnings,
      };
    } catch (error) {
      if (!(error instanceof NeedsColumns)) throw error;
      edited = await withColumns(edited, error, options, guessed, translation);
    }
  }
  throw new KqlError({
    code: 'limit',
    construct: 'evaluate',
    message: 'too many operators whose columns depend on the data',
    line: null,
    column: null,
  });
}

interface Session {
  readonly analysis: Analysis;
  readonly tables: ReadonlyMap<string, TranslationTable>;
}

/** The analysis of the text as it stands; or the text with edits that must come first. */
function analyse(
  edited: EditedText,
  text: string,
  options: CompileOptions,
  watchlists: ReadonlyMap<string, ReadonlySet<string>>,
): Session | { readonly retry: EditedText } {
  const functions = storedFunctions(edited.text, options);
  const everything = [edited.text, ...functions.map((signature) => signature.body)].join('\n');
  const known = mentionedTables(everything, options.tables);
  const extra = serviceTables(everything, options.tables, watchlists);
  const tables = new Map([...known, ...extra].map((table) => [table.name, table]));
  const globals = globalsOf([...tables.values()], functions);
  const analysis = language().analyze(edited.text, globals);
  const [syntaxError] = analysis.syntaxErrors;
  if (syntaxError) throw diagnosticError('syntax', syntaxError, edited, text);
  if (needsService.test(edited.text)) {
    const edits = serviceEdits(analysis);
    if (edits.length > 0) return { retry: applyEdits(edited, edits) };
  }
  return {
    analysis,
    tables: new Map(
      [...tables.values()].map((table) => [
        table.name,
        { name: table.name, columns: table.schema, relation: table.relation, hasData: table.hasData },
      ]),
    ),
  };
}

const needsService =
  /_GetWatchlist|FileProfile\s*\(|\bcount\s*\(\s*[^)\s]|\bparse(?:-where|-kv)?\s|\bserialize\s|\bcolumn_?ifexists\s*\(/;

/** Stand-ins for what the service provides, empty where nothing is registered. */
function serviceTables(
  text: string,
  tables: Catalogue,
  watchlists: ReadonlyMap<string, ReadonlySet<string>>,
): CatalogueTable[] {
  const found: CatalogueTable[] = [];
  const add = (name: string, schema: TableSchema) => {
    if (!tables.has(name)) found.push({ name, schema, relation: emptyRelation(schema), hasData: false });
  };
  if (/FileProfile/.test(text)) add('FileProfile', FILE_PROFILE_SCHEMA);
  for (const [, name] of text.matchAll(/"watchlist:([^"]*)"/g)) {
    const table = watchlistTable(name!);
    const named = [...(watchlists.get(table) ?? [])].map((column) => ({ name: column, type: 'string' as const }));
    if (!tables.has(table)) add(table, [...WATCHLIST_SCHEMA, ...named]);
    else found.push(tables.get(table)!);
  }
  return found;
}

/** True if one of the watchlists that are not registered has got a column. */
function addColumns(
  known: Map<string, Set<string>>,
  found: ReadonlyMap<string, ReadonlySet<string>>,
  tables: Catalogue,
): boolean {
  let isNew = false;
  for (const [table, names] of found) {
    if (tables.has(table)) continue;
    const before = known.get(table) ?? new Set();
    known.set(table, before);
    for (const name of names) {
      isNew ||= !before.has(name);
      before.add(name);
    }
  }
  return isNew;
}

function translate(t: Translation, analysis: Analysis, options: CompileOptions, text: string): Stage {
  const scope: Scope = { variables: new Map(), tables: new Map(), functions: new Map() };
  for (const signature of storedFunctions(text, options)) {
    scope.functions.set(signature.name, { declaration: declarationOf(signature), scope, warning: signature.warning });
  }
  let last: Stage | undefined;
  for (const statement of elements(part(analysis.root, 'Statements'))) last = runStatement(t, statement, scope) ?? last;
  if (last) return last;
  throw new KqlError({
    code: 'semantic',
    construct: '',
    message: 'the query has no tabular statement',
    line: 1,
    column: 1,
  });
}

/** A table of the same name comes before a function. */
function storedFunctions(text: string, { functions, tables }: CompileOptions): FunctionSignature[] {
  return mentionedFunctions(text, functions).filter(({ name }) => !tables.has(name));
}

function declarationOf({ name, parameters, body }: FunctionSignature): SyntaxNode {
  const analysis = language().analyze(`let ['${name}'] = ${parameters} ${body};`, globalsOf([], []));
  const [statement] = elements(part(analysis.root, 'Statements'));
  if (!statement || analysis.syntaxErrors.length > 0) {
    throw new KqlError({
      code: 'syntax',
      construct: name,
      message: `the stored function ${name} cannot be parsed: ${analysis.syntaxErrors[0]?.message ?? ''}`,
      line: null,
      column: null,
    });
  }
  return mustPart(statement, 'Expression');
}

/** Writes an operator's columns into the text, after what the data says. */
async function withColumns(
  edited: EditedText,
  need: NeedsColumns,
  options: CompileOptions,
  guessed: Map<string, readonly string[]>,
  t: Translation,
): Promise<EditedText> {
  const { operator } = need;
  const source = textOf(operator);
  const end = endInText(edited.text, operator, source);
  if (end === undefined) {
    const place = positionOf(t.options.text, edited.originalOffset(Math.max(0, edited.text.indexOf(source))));
    throw new KqlError({
      code: 'unsupported',
      construct: source.slice(0, 60),
      message: 'columns that depend on the data are not supported inside of functions that are called several times',
      ...place,
    });
  }
  const rows = await options.ask(need.sql);
  const columns = [...need.columnsOf(rows)];
  // Nothing is known of an empty table: the columns that the rest of the query names are taken for granted.
  if (rows.length === 0) {
    const names = guessed.get(source) ?? [];
    guessed.set(source, names);
    columns.push(
      ...names
        .filter((name) => !columns.some((column) => column.name === name))
        .map((name) => ({ name, type: 'dynamic' })),
    );
  }
  const list = columns.map(({ name, type }) => `${declaredName(name)}:${type}`).join(', ');
  const away = need.replaced(rows).map(declaredName).join(', ');
  const start = end - source.length;
  return applyEdits(edited, [
    ...(away === '' ? [] : [{ start, end: start, insert: `project-away ${away} | ` }]),
    { start: end, end, insert: `${MARK} : (${list})` },
  ]);
}

/**
 * Where an operator ends in the query's text. The places of a function's body are not the query's: its operator is
 * found by its text, if that stands once, in a function that is called once.
 */
function endInText(text: string, operator: SyntaxNode, source: string): number | undefined {
  const end = operator.TextStart + operator.Width;
  if (text.slice(operator.TextStart, end).trim() === source) return end;
  const at = text.indexOf(source);
  if (at < 0 || text.indexOf(source, at + 1) >= 0) return undefined;
  const name = [...text.slice(0, at).matchAll(/\blet\s+(\w+)\s*=\s*(?:view\s*)?\(/g)].at(-1)?.[1];
  if (name === undefined) return undefined;
  const uses = text.match(new RegExp(`(?<!\\w)${name}(?!\\w)`, 'g'))?.length ?? 0;
  return uses === 2 ? at + source.length : undefined;
}

const MARK = ' ';

function declaredName(name: string): string {
  return /^[\p{L}\p{N}_ .-]+$/u.test(name) ? encodeName(name) : `[${JSON.stringify(name)}]`;
}

/** A guessed column that stands where no dynamic may is a text. */
function guessedAsText(
  edited: EditedText,
  errors: readonly Diagnostic[],
  guessed: ReadonlyMap<string, readonly string[]>,
): EditedText | undefined {
  const error = errors.find(({ message }) => message.startsWith("The value of type 'dynamic' is not allowed"));
  if (!error) return undefined;
  const name = edited.text.slice(error.start, error.start + error.length);
  if (![...guessed.values()].some((names) => names.includes(name))) return undefined;
  const declared = `${declaredName(name)}:dynamic`;
  const at = edited.text.indexOf(declared);
  return at < 0
    ? undefined
    : applyEdits(edited, [{ start: at, end: at + declared.length, insert: `${declaredName(name)}:string` }]);
}

const UNKNOWN_NAME = /^The name '(.+)' does not refer to any known/;

/** If columns of an empty table had to be guessed, a name that is unknown after it is one of them. */
function guessedColumns(
  edited: EditedText,
  errors: readonly Diagnostic[],
  guessed: Map<string, readonly string[]>,
): EditedText | undefined {
  if (guessed.size === 0) return undefined;
  const asText = guessedAsText(edited, errors, guessed);
  if (asText) return asText;
  const names = errors.flatMap((error) => UNKNOWN_NAME.exec(error.message)?.[1] ?? []);
  const [source, before] = [...guessed].at(-1)!;
  const fresh = [...new Set(names)].filter((name) => !before.includes(name));
  if (fresh.length === 0) return undefined;
  guessed.set(source, [...before, ...fresh]);
  const at = edited.text.indexOf(`${source}${MARK} : (`);
  if (at < 0) return undefined;
  const open = at + source.length + MARK.length + ' : ('.length;
  const close = edited.text.indexOf(')', open);
  const separator = edited.text.slice(open, close).trim() === '' ? '' : ', ';
  const added = fresh.map((name) => `${declaredName(name)}:dynamic`).join(', ');
  return applyEdits(edited, [{ start: close, end: close, insert: separator + added }]);
}

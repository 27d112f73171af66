import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';
import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import { packageRoot } from '../../paths.ts';
import type { SyntaxNode, TypeSymbol } from './syntax.ts';

/**
 * Microsoft's own KQL parser and analyser. It is C# made into JavaScript by Bridge.NET, which puts names on the global
 * object and numbers its overloads (`$ctor4`): so it lives in a context of its own, and everything that depends on
 * those names is in this file, under an exactly pinned version and a self-test.
 */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly length: number;
}

export interface Analysis {
  readonly text: string;
  readonly root: SyntaxNode;
  /** Errors of syntax; if there are any, the semantic ones are not to be trusted. */
  readonly syntaxErrors: readonly Diagnostic[];
  readonly semanticErrors: readonly Diagnostic[];
}

export interface Token {
  readonly kind: string;
  readonly text: string;
}

export interface CompletionItem {
  readonly text: string;
  readonly kind: string;
}

/** A handle on a set of known tables and functions (an opaque object of the parser). */
export type Globals = { readonly brand: 'kusto-globals' };

export interface FunctionSignature {
  readonly name: string;
  /** As in a function's declaration: `(T:(*), hash:string, limit:long=1000)`. */
  readonly parameters: string;
  /** As in a function's declaration, with braces. */
  readonly body: string;
  /** What a caller should know of it: a warning of every query that calls it. */
  readonly warning?: Warning;
}

export interface Language {
  analyze(text: string, globals: Globals): Analysis;
  /** The query's tokens, without comments and whitespace. */
  tokens(text: string): readonly Token[];
  globals(tables: readonly KnownTable[], functions: readonly FunctionSignature[]): Globals;
  /** The tabular symbol of a schema; made once and reused over many sets of globals. */
  table(name: string, columns: readonly { readonly name: string; readonly type: string }[]): KnownTable;
  complete(text: string, position: number, globals: Globals): readonly CompletionItem[];
  kindName(node: SyntaxNode): string;
  symbolKind(symbol: { readonly Kind: number }): string;
  typeNamed(name: string): TypeSymbol | undefined;
}

export interface KnownTable {
  readonly name: string;
  readonly symbol: unknown;
}

interface KustoList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

interface KustoCode {
  readonly Syntax: SyntaxNode;
  Analyze(globals: unknown): KustoCode;
  GetDiagnostics(): KustoList<{ Code: string; Severity: string; Message: string; Start: number; Length: number }>;
}

type Constructor = new (...values: unknown[]) => unknown;

interface KustoModule {
  readonly KustoCode: { Parse(text: string): KustoCode };
  readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, number>> };
  readonly Editor: {
    readonly KustoCodeService: Record<string, new (...values: unknown[]) => CodeService>;
    readonly CompletionKind: Readonly<Record<string, number>>;
  };
  readonly Symbols: {
    readonly SymbolKind: Readonly<Record<string, number>>;
    readonly ScalarTypes: { GetSymbol(name: string): TypeSymbol | null };
    readonly ColumnSymbol: Constructor;
    readonly TableSymbol: Readonly<Record<string, Constructor>>;
    readonly DatabaseSymbol: Readonly<Record<string, Constructor>>;
    readonly FunctionSymbol: Readonly<Record<string, Constructor>>;
  };
}

interface CodeService {
  GetCompletionItems(position: number): { readonly Items: KustoList<{ DisplayText: string; Kind: number }> };
}

let loaded: Language | undefined;

/** The parser, loaded and warmed up at the first call (about a second, once in a process). */
export function language(): Language {
  loaded ??= wrap(load());
  return loaded;
}

function load(): KustoModule {
  const resolve = createRequire(join(packageRoot(), 'package.json')).resolve;
  const context = vm.createContext({});
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
    const path = resolve(`@kusto/language-service-next/${file}`);
    new vm.Script(readFileSync(path, 'utf8'), { filename: path }).runInContext(context);
  }
  return (context as { Kusto: { Language: KustoModule } }).Kusto.Language;
}

function namesOf(values: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(values).flatMap(([name, value]) => (typeof value === 'number' ? [[value, name]] : [])));
}

function wrap(kusto: KustoModule): Language {
  const kinds = namesOf(kusto.Syntax.SyntaxKind);
  const symbolKinds = namesOf(kusto.Symbols.SymbolKind);
  const completionKinds = namesOf(kusto.Editor.CompletionKind);
  const { Symbols } = kusto;
  const wrapped: Language = {
    analyze(text, globals) {
      const parsed = kusto.KustoCode.Parse(text);
      const syntaxErrors = errorsOf(parsed);
      if (syntaxErrors.length > 0) return { text, root: parsed.Syntax, syntaxErrors, semanticErrors: [] };
      const code = parsed.Analyze(globals);
      return { text, root: code.Syntax, syntaxErrors, semanticErrors: errorsOf(code) };
    },
    tokens(text) {
      const found: Token[] = [];
      collectTokens(kusto.KustoCode.Parse(text).Syntax, (node, token) => {
        found.push({ kind: kinds.get(node.Kind) ?? String(node.Kind), text: token });
      });
      return found;
    },
    table(name, columns) {
      const symbols = columns.map(
        (column) => new Symbols.ColumnSymbol(column.name, Symbols.ScalarTypes.GetSymbol(column.type)),
      );
      return { name, symbol: new Symbols.TableSymbol['$ctor4']!(name, symbols) };
    },
    globals(tables, functions) {
      const members = [
        ...tables.map((table) => table.symbol),
        ...functions.map(
          ({ name, parameters, body }) => new Symbols.FunctionSymbol['$ctor16']!(name, parameters, body, null),
        ),
      ];
      const database = new Symbols.DatabaseSymbol['ctor']!('workspace', members);
      return kusto.GlobalState.Default.WithDatabase(database) as Globals;
    },
    complete(text, position, globals) {
      const service = new kusto.Editor.KustoCodeService['$ctor1']!(text, globals);
      return listOf(service.GetCompletionItems(position).Items).map((item) => ({
        text: item.DisplayText,
        kind: completionKinds.get(item.Kind) ?? '',
      }));
    },
    kindName: (node) => kinds.get(node.Kind) ?? String(node.Kind),
    symbolKind: (symbol) => symbolKinds.get(symbol.Kind) ?? String(symbol.Kind),
    typeNamed: (name) => Symbols.ScalarTypes.GetSymbol(name) ?? undefined,
  };
  selfTest(wrapped);
  return wrapped;
}

function listOf<T>(list: KustoList<T>): T[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

function collectTokens(node: SyntaxNode, add: (node: SyntaxNode, text: string) => void): void {
  if (node.IsToken) {
    if (node.Text) add(node, node.Text);
    return;
  }
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child) collectTokens(child, add);
  }
}

function errorsOf(code: KustoCode): Diagnostic[] {
  return listOf(code.GetDiagnostics())
    .filter((diagnostic) => diagnostic.Severity === 'Error')
    .map(({ Code, Message, Start, Length }) => ({ code: Code, message: Message, start: Start, length: Length }));
}

/** Proves that the overloads are still what this file takes them for; also builds the grammar, which is lazy. */
function selfTest(checked: Language): void {
  const table = checked.table('SelfTest', [
    { name: 'Account', type: 'string' },
    { name: 'Time', type: 'datetime' },
  ]);
  const globals = checked.globals([table], [{ name: 'Twice', parameters: '(x:long)', body: '{ x * 2 }' }]);
  const analysis = checked.analyze(
    'SelfTest | where Account has "a" | summarize n = Twice(count()) by bin(Time, 1h)',
    globals,
  );
  const { Statements: statements } = analysis.root as unknown as { Statements: SyntaxNode };
  const statement = statements.GetChild(0)?.GetChild(0) as unknown as { Expression?: SyntaxNode } | null;
  const columns = statement?.Expression?.ResultType?.Columns;
  const shape = columns ? listOf(columns).map((column) => `${column.Name}:${column.Type.Name}`) : [];
  if (analysis.semanticErrors.length > 0 || shape.join() !== 'Time:datetime,n:long') {
    throw new TrailhoundError('internal', 'the KQL parser is not the version that this program was written for', {
      hint: 'Reinstall the packages with `npm ci`.',
    });
  }
}

import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A place in a Bicep file where the grammar does not fit. */
export interface SyntaxProblem {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

let parser: Promise<Parser> | undefined;

async function bicepParser(): Promise<Parser> {
  await Parser.init();
  const made = new Parser();
  made.setLanguage(
    await Language.load(createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')),
  );
  return made;
}

/** The syntax tree of a Bicep text, and what is wrong with it. The grammar is tree-sitter-bicep; no compiler is needed. */
export async function parseBicep(text: string): Promise<{ root: Node; problems: SyntaxProblem[] }> {
  parser ??= bicepParser();
  const tree = (await parser).parse(text);
  if (!tree) throw new Error('the parser gave no tree');
  const problems: SyntaxProblem[] = [];
  const visit = (node: Node) => {
    if (node.isError || node.isMissing) {
      const { row, column } = node.startPosition;
      problems.push({ line: row + 1, column: column + 1, text: node.text.slice(0, 60) });
    }
    for (const child of node.children) if (child) visit(child);
  };
  visit(tree.rootNode);
  return { root: tree.rootNode, problems };
}

/** A node's children that carry meaning, comments left out. */
export function parts(node: Node): Node[] {
  return node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');
}

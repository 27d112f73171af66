import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { TrailhoundError } from './errors.ts';

/** One thing that is wrong in a file, at a place. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const MAX_CHARACTERS = 1_000_000;

/**
 * Reads a YAML text by a schema. All problems are collected, each with its line and column; aliases are bounded.
 *
 * @throws TrailhoundError `usage` that lists every problem
 */
export function readYaml<Schema extends z.ZodType>(text: string, file: string, schema: Schema): z.output<Schema> {
  if (text.length > MAX_CHARACTERS)
    throw new TrailhoundError('limit', `${file} is longer than ${MAX_CHARACTERS} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    throw problemsError(document.errors.map((error) => ({ file, ...at(error.pos[0]), message: error.message })));
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return parsed.data;
  throw problemsError(
    parsed.error.issues.map((issue) => {
      let path = [...issue.path];
      let node: unknown;
      for (; ; path = path.slice(0, -1)) {
        node = path.length === 0 ? document.contents : document.getIn(path, true);
        if (isNode(node) || path.length === 0) break;
      }
      const offset = isNode(node) && node.range ? node.range[0] : 0;
      const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
      return { file, ...at(offset), message: `${where}${issue.message}` };
    }),
  );
}

/** One error for all problems of a file. */
export function problemsError(problems: readonly Problem[]): TrailhoundError {
  const lines = problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return new TrailhoundError('usage', lines.join('\n'));
}

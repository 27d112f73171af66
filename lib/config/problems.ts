import type { Document, LineCounter } from 'yaml';
import { isNode } from 'yaml';
import type { z } from 'zod';
import { TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';
import type { EnvironmentSetting } from './environment.ts';
import { namesAt, nodeAt } from './json-schema.ts';
import { nearest } from './nearest.ts';

/** One thing that is wrong with the settings. */
export interface SettingsProblem {
  /** As `workspaces[0].workspaceId`. */
  readonly field: string;
  readonly message: string;
  /** What would be right. */
  readonly example?: string;
  /** The file, or the environment variable, that has it. */
  readonly source: string;
  /** 1-based, where the source is a file. */
  readonly line?: number;
  readonly column?: number;
}

/** All that is wrong with the settings, at once. */
export class SettingsError extends TrailhoundError {
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super('usage', `the settings have ${count}:\n${lines.join('\n')}`, {
      hint: 'docs/settings.md describes every field.',
    });
    this.problems = problems;
  }
}

/** One problem on one line. */
export function describeProblem({ source, line, column, field, message, example }: SettingsProblem): string {
  const place = line === undefined ? source : `${source}:${line}:${column}`;
  return `${place} ${field ? `${field}: ` : ''}${message}${example === undefined ? '' : ` (for example ${example})`}`;
}

/** What the problems are about: the file's text as parsed, and the variables that lie over it. */
export interface SettingsSources {
  readonly name: string;
  readonly document?: Document;
  readonly lines?: LineCounter;
  readonly variables: readonly EnvironmentSetting[];
  readonly value: unknown;
}

/** Each issue that zod found, placed and with an example. */
export function problemsOf(error: z.ZodError, sources: SettingsSources): SettingsProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const names = namesAt(issue.path, sources.value);
        const near = nearest(key, names);
        const known = names.length > 0 ? `there are: ${names.join(', ')}` : 'nothing is known here';
        const message = near ? `is not a setting; did you mean "${near}"?` : `is not a setting; ${known}`;
        return placed([...issue.path, key], message, undefined, sources);
      });
    }
    const at = issue.code === 'invalid_union' ? deepest(issue) : { path: issue.path, message: issue.message };
    const node = nodeAt(at.path, sources.value);
    const example = node?.examples?.[0] ?? node?.default ?? node?.enum?.[0];
    return [placed(at.path, at.message, example, sources)];
  });
}

/** Of a union's failures, the one that came furthest: the alternative that was most likely meant. */
function deepest(issue: z.core.$ZodIssueInvalidUnion): { path: PropertyKey[]; message: string } {
  let best = { path: [...issue.path], message: issue.message };
  for (const alternative of issue.errors) {
    for (const inner of alternative) {
      const path = [...issue.path, ...inner.path];
      if (path.length > best.path.length) best = { path, message: inner.message };
    }
  }
  return best;
}

function placed(
  path: readonly PropertyKey[],
  message: string,
  example: unknown,
  sources: SettingsSources,
): SettingsProblem {
  const problem = {
    field: fieldName(path),
    message: redact(message),
    ...(example === undefined ? {} : { example: typeof example === 'string' ? example : JSON.stringify(example) }),
  };
  const variable = sources.variables.find(({ path: set }) =>
    set.every((key, index) => String(key) === String(path[index])),
  );
  if (variable) return { ...problem, source: variable.variable };
  const position = positionOf(path, sources);
  return { ...problem, source: sources.name, ...position };
}

/** Where a field stands in the file; where it is missing, the place of what should hold it. */
function positionOf(
  path: readonly PropertyKey[],
  { document, lines }: SettingsSources,
): { line?: number; column?: number } {
  if (!document || !lines) return {};
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : keyOrValue(document, path.slice(0, length));
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) {
      const { line, col } = lines.linePos(start);
      return { line, column: col };
    }
  }
  return {};
}

function keyOrValue(document: Document, path: readonly PropertyKey[]): unknown {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  const pairs = (holder as { items?: readonly unknown[] } | null)?.items ?? [];
  for (const pair of pairs) {
    const name = (pair as { key?: { value?: unknown } }).key;
    if (name && String(name.value) === String(key)) return name;
  }
  return document.getIn(path, true);
}

/** A path as people write it. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name ? `${name}.${String(key)}` : String(key)),
    '',
  );
}

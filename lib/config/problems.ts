import type { Document, LineCounter } from 'yaml';
import { isCollection, isNode } from 'yaml';
import type { z } from 'zod';
import { TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';
import type { Fault } from './cross-checks.ts';
import type { EnvironmentSetting } from './environment.ts';
import { issueText } from './issue-text.ts';
import { namesAt, nodeAt, settingsJsonSchema } from './json-schema.ts';
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

/** Each issue that zod found and each fault, placed, with an example; in the order of the file. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  faults: readonly Fault[],
  sources: SettingsSources,
): SettingsProblem[] {
  const problems = [
    ...issues.flatMap((issue) => issueProblems(issue, sources)),
    ...faults.map(({ path, message }) => placed(path, message, undefined, sources)),
    ...sources.variables.flatMap(({ variable, path, fault }) =>
      fault === undefined ? [] : [{ field: fieldName(path), message: fault, source: variable }],
    ),
  ];
  const rank = ({ line, column }: SettingsProblem) => (line ?? Number.MAX_SAFE_INTEGER) + (column ?? 0) / 1e6;
  return problems.sort((a, b) => rank(a) - rank(b));
}

function issueProblems(issue: z.core.$ZodIssue, sources: SettingsSources): SettingsProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      placed([...issue.path, key], strangerText(key, issue.path, sources), undefined, sources),
    );
  }
  const { path, issue: inner } = issue.code === 'invalid_union' ? deepest(issue) : { path: issue.path, issue };
  const node = nodeAt(path, sources.value);
  const holder = nodeAt(issue.path.slice(0, -1), sources.value);
  const text = issueText(inner, valueAt(path, sources.value), holder);
  const candidates = [node?.examples?.[0], node?.default, node?.enum?.[0]];
  const example = candidates.find((candidate) => candidate !== undefined && !isEmpty(candidate));
  return [placed(path, text, example, sources)];
}

function strangerText(key: string, path: readonly PropertyKey[], sources: SettingsSources): string {
  const names = namesAt(path, sources.value);
  const near = nearest(key, names) ?? (path.length === 0 ? sectionOf(key) : undefined);
  if (near) return `is not a setting; did you mean "${near}"?`;
  return `is not a setting; ${names.length > 0 ? `there are: ${names.join(', ')}` : 'nothing is known here'}`;
}

/** The field of that name in one of the sections, for one that stands outside of it. */
function sectionOf(key: string): string | undefined {
  const sections = Object.entries(settingsJsonSchema().properties ?? {});
  const section = sections.find(([, node]) => node.properties && Object.hasOwn(node.properties, key));
  return section ? `${section[0]}.${key}` : undefined;
}

/** Of a union's failures, the one that came furthest: the alternative that was most likely meant. */
function deepest(issue: z.core.$ZodIssueInvalidUnion): { path: PropertyKey[]; issue: z.core.$ZodIssue } {
  let best: { path: PropertyKey[]; issue: z.core.$ZodIssue } = { path: [...issue.path], issue };
  for (const alternative of issue.errors) {
    for (const inner of alternative) {
      const path = [...issue.path, ...inner.path];
      if (path.length > best.path.length) best = { path, issue: inner };
    }
  }
  return best;
}

function valueAt(path: readonly PropertyKey[], value: unknown): unknown {
  return path.reduce<unknown>((held, key) => (held as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
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
  const variable = variableOf(path, sources);
  if (variable) return { ...problem, source: variable.variable };
  const position = positionOf(path, sources);
  return { ...problem, source: sources.name, ...position };
}

/** The variable that set a field, or, where the file says nothing of the field, one that set something within it or beside it. */
function variableOf(path: readonly PropertyKey[], { document, variables }: SettingsSources) {
  const given = variables.filter(({ fault }) => fault === undefined);
  const isWithin = (inner: readonly PropertyKey[], outer: readonly PropertyKey[]) =>
    outer.every((key, index) => String(key) === String(inner[index]));
  const setter = given.findLast(({ path: set }) => isWithin(path, set));
  if (setter) return setter;
  const held = document?.getIn(path, true);
  const within = isCollection(held) ? undefined : given.find(({ path: set }) => isWithin(set, path));
  if (within || held !== undefined || path.length === 0) return within;
  const holder = path.slice(0, -1);
  return document?.hasIn(holder) ? undefined : given.find(({ path: set }) => isWithin(set, holder));
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

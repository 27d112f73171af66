import type { z } from 'zod';
import type { SchemaNode } from './json-schema.ts';
import { nearest } from './nearest.ts';

const WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
};

/**
 * What is wrong with a value, in the words of settings. Messages that the schema gives itself stay as they are.
 *
 * @param holder the schema of what holds the value: where it is one of several, their types are told
 */
export function issueText(issue: z.core.$ZodIssue, value: unknown, holder: SchemaNode | undefined): string {
  const types = (holder?.oneOf ?? []).map((choice) => choice.properties?.['type']?.const);
  if (issue.code === 'invalid_union' && types.length > 0) return oneOf(types, value);
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid input')) return issue.message;
      return `must be ${WORDS[issue.expected] ?? issue.expected}, not ${WORDS[kindOf(value)] ?? kindOf(value)}`;
    case 'invalid_value':
      return issue.message.startsWith('Invalid') ? oneOf(issue.values, value) : issue.message;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at least ${issue.minimum} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at most ${issue.maximum} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function oneOf(values: readonly unknown[], value: unknown): string {
  const names = values.map(String);
  const near = typeof value === 'string' ? nearest(value, names) : undefined;
  return `must be one of ${names.join(', ')}${near ? `; did you mean "${near}"?` : ''}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

import { TrailhoundError } from '../errors.ts';
import { ticksFromIso } from '../tables/index.ts';
import type { InputType, Playbook } from './playbook.ts';

/** A problem with one field of a request. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
  readonly example: string;
}

/** An error that lists every problem of a request by field. */
export class RequestError extends TrailhoundError {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super(
      'usage',
      problems.map(({ field, problem, example }) => `${field}: ${problem} (for example ${example})`).join('\n'),
    );
    this.problems = problems;
  }
}

type InputValue = string | number | boolean | readonly (string | number | boolean)[];

interface InputRule {
  readonly example: string;
  /** The value as the playbook gets it, or undefined if it does not fit. Text is what the command line gives. */
  read(value: unknown): string | number | boolean | undefined;
}

const MAX_TEXT = 4096;
const text = (example: string): InputRule => ({
  example,
  read: (value) => (typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT ? value : undefined),
});
const number = (example: string, fits: (value: number) => boolean): InputRule => ({
  example,
  read: (value) => {
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof parsed === 'number' && fits(parsed) ? parsed : undefined;
  },
});

const RULES: Readonly<Record<InputType, InputRule>> = {
  string: text('"text"'),
  long: number('42', Number.isSafeInteger),
  real: number('0.5', Number.isFinite),
  bool: {
    example: 'true',
    read: (value) =>
      value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
  },
  datetime: {
    example: '"2026-03-04T05:00:00Z"',
    read: (value) => (typeof value === 'string' && ticksFromIso(value) !== null ? value : undefined),
  },
  host: text('"ws-17.contoso.example"'),
  account: text('"alex@contoso.example"'),
  ip: text('"192.0.2.17"'),
  url: text('"https://contoso.example/"'),
  dns: text('"contoso.example"'),
  file: text('"C:\\\\Windows\\\\notepad.exe"'),
  'file-hash': text('"da39a3ee5e6b4b0d3255bfef95601890afd80709"'),
  process: text('"powershell.exe"'),
  table: text('"a table sent under this name"'),
};

const MAX_LIST = 1000;

/**
 * The inputs of a playbook, checked and with defaults. Every problem is collected.
 *
 * @param tables names of the tables that came with the request; they fill inputs of type `table`
 * @throws RequestError
 */
export function resolveInputs(
  playbook: Playbook,
  given: Readonly<Record<string, unknown>>,
  tables: readonly string[] = [],
): Record<string, InputValue> {
  const problems: FieldProblem[] = [];
  const values: Record<string, InputValue> = {};
  const known = Object.keys(playbook.inputs);
  for (const name of [...Object.keys(given), ...tables]) {
    if (!Object.hasOwn(playbook.inputs, name)) {
      const problem = `playbook ${playbook.name} has no such input; it has ${known.join(', ') || 'none'}`;
      problems.push({ field: `inputs.${name.slice(0, 60)}`, problem, example: known[0] ?? '{}' });
    }
  }
  for (const [name, input] of Object.entries(playbook.inputs)) {
    const field = `inputs.${name}`;
    const isList = input.type.endsWith('[]');
    const rule = RULES[input.type.replace(/\[\]$/, '') as InputType];
    const example = isList ? `[${rule.example}]` : rule.example;
    const value =
      input.type === 'table' && tables.includes(name)
        ? name
        : ((Object.hasOwn(given, name) ? given[name] : undefined) ?? input.default);
    if (value === undefined || value === null) {
      if (input.required) problems.push({ field, problem: 'is required', example });
      continue;
    }
    if (input.type === 'table' && !tables.includes(String(value))) {
      problems.push({ field, problem: 'no table was sent under this name', example: rule.example });
      continue;
    }
    const items = isList ? listOf(value) : [value];
    const read = items.map((item) => rule.read(item));
    if (items.length > MAX_LIST || read.some((item) => item === undefined)) {
      problems.push({
        field,
        problem: `is not ${isList ? `a list (at most ${MAX_LIST}) of` : 'a'} ${input.type.replace(/\[\]$/, '')}`,
        example,
      });
    } else values[name] = isList ? (read as (string | number | boolean)[]) : read[0]!;
  }
  if (problems.length > 0) throw new RequestError(problems);
  return values;
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [value];
}

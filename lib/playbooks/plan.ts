import { type TrailhoundError, toErrorInfo } from '../errors.ts';
import { type Problem, problemsError } from '../read-yaml.ts';
import { getVerb } from '../verbs/registry.ts';
import { dependenciesOf, type Playbook } from './playbook.ts';

/** A step with its inputs and parameters resolved: what an activity needs to run it. */
export interface PlannedStep {
  readonly name: string;
  readonly verb: string;
  /** `step`, `step.table` or `$inputs.name`. */
  readonly from: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly optional: boolean;
  readonly needs: readonly string[];
}

/** A playbook resolved for one investigation: waves of steps, each wave after the one before it. */
export interface Plan {
  readonly playbook: string;
  readonly description: string;
  readonly steps: Readonly<Record<string, PlannedStep>>;
  readonly waves: readonly (readonly string[])[];
}

const INPUT_REFERENCE = /^\$inputs\.([a-z][A-Za-z0-9-]{0,39})$/;
const MAX_STEPS = 100;

/**
 * Resolves a playbook for the given inputs. Verbs, parameters, references and cycles are checked; every problem is
 * collected into one `usage` error.
 */
export function planPlaybook(playbook: Playbook, inputs: Readonly<Record<string, unknown>>): Plan {
  const problems: string[] = [];
  const names = Object.keys(playbook.steps);
  if (names.length > MAX_STEPS) problems.push(`there are ${names.length} steps; at most ${MAX_STEPS} are possible`);
  const steps: Record<string, PlannedStep> = {};
  for (const [name, step] of Object.entries(playbook.steps)) {
    const report = (problem: string) => problems.push(`steps.${name}: ${problem}`);
    const from = step.from === undefined ? [] : Array.isArray(step.from) ? step.from : [step.from];
    const needs = dependenciesOf(step);
    for (const need of needs) if (!Object.hasOwn(playbook.steps, need)) report(`from: there is no step "${need}"`);
    for (const reference of from) {
      const input = INPUT_REFERENCE.exec(reference)?.[1];
      if (reference.startsWith('$') && playbook.inputs[input ?? '']?.type !== 'table')
        report(`from: ${reference} is not an input of type table`);
    }
    let verb: ReturnType<typeof getVerb>;
    try {
      verb = getVerb(step.verb);
    } catch (error) {
      const { message, hint } = error as TrailhoundError;
      report(`${message}. ${hint ?? ''}`);
      continue;
    }
    const { min, max } = verb.inputTables;
    if (from.length < min || from.length > max) {
      report(`${step.verb} takes ${min === max ? min : `${min} to ${max}`} tables, "from" gives ${from.length}`);
    }
    const substituted = substitute(step.with, inputs, (missing) => {
      if (!Object.hasOwn(playbook.inputs, missing)) report(`with: there is no input "${missing}"`);
    }) as Record<string, unknown>;
    const parsed = verb.parameters.safeParse(substituted);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) report(`with.${issue.path.join('.')}: ${issue.message}`);
    }
    let parameters: PlannedStep['parameters'] = substituted;
    try {
      if (parsed.success) parameters = verb.settle?.(substituted) ?? substituted;
    } catch (error) {
      const { message, hint } = toErrorInfo(error);
      report(`with: ${message}${hint ? `. ${hint}` : ''}`);
    }
    steps[name] = { name, verb: step.verb, from, parameters, optional: step.optional, needs };
  }
  const waves = problems.length === 0 ? wavesOf(steps) : [];
  const planned = waves.flat().length;
  if (problems.length === 0 && planned < names.length) {
    const circle = names.filter((name) => !waves.flat().includes(name));
    problems.push(`steps ${circle.join(', ')} wait for each other`);
  }
  if (problems.length > 0) {
    throw problemsError(
      problems.map((message): Problem => ({ file: `playbook ${playbook.name}`, line: 1, column: 1, message })),
    );
  }
  return { playbook: playbook.name, description: playbook.description, steps, waves };
}

/** Steps by distance from the sources. Steps in a circle are in no wave. */
function wavesOf(steps: Readonly<Record<string, PlannedStep>>): string[][] {
  const waves: string[][] = [];
  const done = new Set<string>();
  for (;;) {
    const wave = Object.values(steps).filter(
      (step) => !done.has(step.name) && step.needs.every((need) => done.has(need)),
    );
    if (wave.length === 0) return waves;
    for (const step of wave) done.add(step.name);
    waves.push(wave.map((step) => step.name));
  }
}

/** Puts inputs in the place of `$inputs.name`; entries and items without a value are left out. */
function substitute(
  value: unknown,
  inputs: Readonly<Record<string, unknown>>,
  onMissing: (name: string) => void,
): unknown {
  if (typeof value === 'string') {
    const name = INPUT_REFERENCE.exec(value)?.[1];
    if (name === undefined) return value;
    if (Object.hasOwn(inputs, name)) return inputs[name];
    onMissing(name);
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const given = substitute(item, inputs, onMissing);
      if (given === undefined) return [];
      // A list input within a list stands for its items.
      return typeof item === 'string' && Array.isArray(given) ? given : [given];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, substitute(item, inputs, onMissing)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

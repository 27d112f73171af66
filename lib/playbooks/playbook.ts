import { z } from 'zod';

/**
 * What an input of a playbook may be. The entity kinds only name what the text is, so that an incident's entities can
 * fill them; `table` is a table that the caller sends along; `…[]` is a list.
 */
export const INPUT_TYPES = [
  'string',
  'long',
  'real',
  'bool',
  'datetime',
  'host',
  'account',
  'ip',
  'url',
  'dns',
  'file',
  'file-hash',
  'process',
  'table',
] as const;
export type InputType = (typeof INPUT_TYPES)[number];

const NAME = /^[a-z][A-Za-z0-9-]{0,39}$/;
const STEP_REFERENCE = /^([a-z][A-Za-z0-9-]{0,39}(\.[A-Za-z][\w-]{0,39})?|\$inputs\.[a-z][A-Za-z0-9-]{0,39})$/;

const nameSchema = z.string().regex(NAME, 'a name: a lower-case letter, then letters, digits or "-", at most 40');

const inputSchema = z.strictObject({
  type: z.string().refine((type) => (INPUT_TYPES as readonly string[]).includes(type.replace(/\[\]$/, '')), {
    message: `one of ${INPUT_TYPES.join(', ')}, or a list as "host[]"`,
  }),
  required: z.boolean().default(false),
  default: z.unknown().optional(),
  description: z.string().max(1000).default(''),
});

const referenceSchema = z
  .string()
  .regex(STEP_REFERENCE, 'the name of a step, "step.table" for one of its further tables, or "$inputs.name"');

const stepSchema = z.strictObject({
  verb: z.string().min(1),
  from: z.union([referenceSchema, z.array(referenceSchema).min(1).max(50)]).optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  optional: z.boolean().default(false),
  description: z.string().max(1000).default(''),
});

/** The shape of a playbook file. See `docs/playbooks.md`. */
export const playbookSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'lower-case letters, digits and "-"'),
  description: z.string().max(2000).default(''),
  inputs: z.record(nameSchema, inputSchema).default({}),
  steps: z.record(nameSchema, stepSchema).refine((steps) => Object.keys(steps).length > 0, 'at least one step'),
});

export type Playbook = z.output<typeof playbookSchema>;
export type PlaybookInput = Playbook['inputs'][string];
export type PlaybookStep = Playbook['steps'][string];

/** A hunt: a playbook on a schedule, with fixed inputs. */
export const huntSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,40}$/, 'lower-case letters, digits and "-"'),
  description: z.string().max(2000).default(''),
  playbook: z.string(),
  /** NCRONTAB, six fields: second minute hour day month weekday. */
  schedule: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** Name of the workspace of the settings that it is about. */
  workspace: z.string().min(1).optional(),
  /** How far the first run looks back, in hours. */
  firstLookbackInHours: z
    .number()
    .positive()
    .max(24 * 90)
    .default(24),
});

export type Hunt = z.output<typeof huntSchema>;

/** The steps that a step's `from` and `with` refer to, without duplicates, in order of mention. */
export function dependenciesOf(step: PlaybookStep): string[] {
  const references = step.from === undefined ? [] : Array.isArray(step.from) ? step.from : [step.from];
  return [...new Set(references.filter((name) => !name.startsWith('$')).map((name) => name.split('.')[0]!))];
}

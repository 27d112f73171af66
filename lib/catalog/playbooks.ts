import { listPlaybooks } from '../playbooks/index.ts';

export interface PlaybookEntry {
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly default?: unknown;
    readonly docs: string;
  }[];
  readonly steps: readonly { readonly name: string; readonly verb: string; readonly docs: string }[];
}

/** Every playbook that comes with the app, with its inputs and steps. */
export function playbookCatalog(): PlaybookEntry[] {
  return listPlaybooks().map(({ name, description, inputs, steps }) => ({
    name,
    description,
    inputs: Object.entries(inputs).map(([input, { type, required, default: value, description: docs }]) => ({
      name: input,
      type,
      required,
      ...(value === undefined ? {} : { default: value }),
      docs,
    })),
    steps: Object.entries(steps).map(([step, { verb, description: docs }]) => ({ name: step, verb, docs })),
  }));
}

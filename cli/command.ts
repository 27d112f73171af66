import type { Terminal } from './terminal.ts';

/** An option, as data: parsing, defaults, help and the docs page come from it. */
export type OptionDefinition = {
  /** What it does, without a full stop. */
  readonly docs: string;
  readonly short?: string;
} & (
  | { readonly type: 'flag' }
  | { readonly type: 'text'; readonly value: string; readonly default?: string; readonly choices?: readonly string[] }
  /** May be given several times. */
  | { readonly type: 'list'; readonly value: string; readonly required?: boolean }
  /** `k=v`, may be given several times. */
  | { readonly type: 'pairs'; readonly value: string }
  | {
      readonly type: 'integer';
      readonly value: string;
      readonly min: number;
      readonly max: number;
      readonly default?: number;
    }
);

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

export type OptionValue<Definition extends OptionDefinition> = Definition extends { type: 'flag' }
  ? boolean
  : Definition extends { type: 'list' }
    ? readonly string[]
    : Definition extends { type: 'pairs' }
      ? Readonly<Record<string, string>>
      : Definition extends { type: 'integer' }
        ? Definition extends { default: number }
          ? number
          : number | undefined
        : Definition extends { default: string }
          ? string
          : string | undefined;

export type OptionValues<Definitions extends OptionDefinitions> = {
  readonly [Name in keyof Definitions]: OptionValue<Definitions[Name]>;
};

export interface ArgumentDefinition {
  readonly name: string;
  readonly docs: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
}

/** One command: what it is called, what it takes, what it does. It answers with its exit code. */
export interface Command<Definitions extends OptionDefinitions = OptionDefinitions> {
  readonly name: string;
  /** One line in the imperative. */
  readonly summary: string;
  /** Further lines of help. */
  readonly description: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: Definitions;
  readonly examples: readonly string[];
  run(
    given: { readonly arguments: readonly string[]; readonly options: OptionValues<Definitions> },
    terminal: Terminal,
  ): Promise<number>;
}

/** Gives a command its option types; no more than the identity. */
export function defineCommand<const Definitions extends OptionDefinitions>(
  command: Command<Definitions>,
): Command<Definitions> {
  return command;
}

/** Options that several commands share, so that they are the same everywhere. */
export const sharedOptions = {
  data: { type: 'list', value: 'PATH', docs: 'File or folder with logs; may be given several times' },
  folder: { type: 'text', value: 'DIR', default: './.trailhound', docs: 'Folder for state; created if absent' },
  json: { type: 'flag', docs: 'Print the document alone, as JSON, on standard output' },
} as const satisfies OptionDefinitions;

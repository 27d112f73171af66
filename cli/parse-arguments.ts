import { parseArgs } from 'node:util';
import { TrailhoundError } from '../lib/errors.ts';
import type { Command, OptionDefinition, OptionDefinitions, OptionValues } from './command.ts';

/** What the command line gave to a command: checked, with defaults. */
export interface Given {
  readonly arguments: readonly string[];
  readonly options: OptionValues<OptionDefinitions>;
}

/**
 * Reads a command's arguments and options.
 *
 * @throws TrailhoundError `usage` that says what is wrong and how to see what is possible
 */
export function parseArguments(command: Command, args: readonly string[]): Given {
  const hint = `See: trailhound ${command.name} --help`;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(command.options).map(([name, definition]) => [name, parserOption(definition)]),
      ),
    });
  } catch (error) {
    // Node's first sentence says what; what follows is about its own API.
    const [message] = (error as Error).message.split(/\. To specify|\n/);
    throw new TrailhoundError('usage', message!, { hint });
  }
  const { positionals, values } = parsed;
  const { arguments: wanted } = command;
  if (positionals.length > wanted.length) {
    throw new TrailhoundError('usage', `"${positionals[wanted.length]}" is one argument too many`, { hint });
  }
  for (const [index, { name, required, choices }] of wanted.entries()) {
    const value = positionals[index];
    if (value === undefined && required) throw new TrailhoundError('usage', `<${name}> is missing`, { hint });
    if (value !== undefined && choices && !choices.includes(value)) {
      throw new TrailhoundError('usage', `<${name}> is one of ${choices.join(', ')}, not "${value}"`, { hint });
    }
  }
  const options: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(command.options)) {
    options[name] = readOption(`--${name}`, definition, values[name], hint);
  }
  return { arguments: positionals, options: options as Given['options'] };
}

function parserOption({ type, short }: OptionDefinition) {
  return {
    type: type === 'flag' ? ('boolean' as const) : ('string' as const),
    multiple: type === 'list' || type === 'pairs',
    ...(short ? { short } : {}),
  };
}

function readOption(name: string, definition: OptionDefinition, value: unknown, hint: string): unknown {
  const problem = (text: string) => new TrailhoundError('usage', `${name} ${text}`, { hint });
  switch (definition.type) {
    case 'flag':
      return value === true;
    case 'list': {
      const list = (value as string[] | undefined) ?? [];
      if (definition.required && list.length === 0) throw problem(`${definition.value} is missing`);
      return list;
    }
    case 'pairs':
      return readPairs((value as string[] | undefined) ?? [], problem);
    case 'integer': {
      if (value === undefined) return definition.default;
      const number = Number(value);
      const { min, max } = definition;
      if (!/^\d+$/.test(String(value)) || number < min || number > max) {
        throw problem(`is a whole number from ${min} to ${max}, not "${value}"`);
      }
      return number;
    }
    case 'text': {
      const text = (value as string | undefined) ?? definition.default;
      if (text !== undefined && definition.choices && !definition.choices.includes(text)) {
        throw problem(`is one of ${definition.choices.join(', ')}, not "${text}"`);
      }
      return text;
    }
  }
}

function readPairs(texts: readonly string[], problem: (text: string) => Error): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null);
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw problem(`is written as name=value, not "${text}"`);
    const name = text.slice(0, at);
    if (name in pairs) throw problem(`gives "${name}" twice`);
    pairs[name] = text.slice(at + 1);
  }
  return pairs;
}

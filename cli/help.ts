import type { ArgumentDefinition, Command, OptionDefinition } from './command.ts';

/** How a command is written: `trailhound run <playbook> [--data PATH]…`. */
export function usageLine({ name, arguments: positional, options }: Command): string {
  const parts = [...positional.map(argumentText), ...Object.entries(options).map(optionUsage)];
  return [`trailhound ${name}`, ...parts].join(' ');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = Object.entries({ ...command.options, help: HELP_OPTION });
  const lines = [
    command.summary,
    '',
    `Usage: trailhound ${command.name}${command.arguments.map((argument) => ` ${argumentText(argument)}`).join('')} [options]`,
    ...(command.arguments.length > 0
      ? ['', 'Arguments:', ...rows(command.arguments.map(({ name, docs, choices }) => [name, docsWith(docs, choices)]))]
      : []),
    '',
    'Options:',
    ...rows(options.map(([name, definition]) => [optionText(name, definition), optionDocs(definition)])),
    ...(command.description ? ['', command.description] : []),
    ...(command.examples.length > 0 ? ['', 'Examples:', ...command.examples.map((example) => `  ${example}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The help of the whole program. */
export function programHelp(commands: readonly Command[], version: string): string {
  const lines = [
    `trailhound ${version}`,
    "Follows an attacker's trail through Sentinel and Defender logs.",
    '',
    'Usage: trailhound <command> [options]',
    '',
    'Commands:',
    ...rows(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Options:',
    ...rows([
      ['-h, --help', 'Show help; after a command, that command’s'],
      ['--version', 'Show the version'],
      ['--debug', 'Show stacks of errors'],
    ]),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a query that cannot be answered, 130 stopped by the user',
  ];
  return `${lines.join('\n')}\n`;
}

const HELP_OPTION: OptionDefinition = { type: 'flag', short: 'h', docs: 'Show this help' };

function argumentText({ name, required }: ArgumentDefinition): string {
  return required ? `<${name}>` : `[<${name}>]`;
}

function optionText(name: string, definition: OptionDefinition): string {
  const value = 'value' in definition ? ` ${definition.value}` : '';
  return `${definition.short ? `-${definition.short}, ` : ''}--${name}${value}`;
}

function optionUsage([name, definition]: [string, OptionDefinition]): string {
  const text = optionText(name, { ...definition, short: '' });
  const many = definition.type === 'list' || definition.type === 'pairs' ? '…' : '';
  return definition.type === 'list' && definition.required ? `${text}${many}` : `[${text}]${many}`;
}

function optionDocs(definition: OptionDefinition): string {
  const choices = 'choices' in definition ? definition.choices : undefined;
  const value = 'default' in definition && definition.default !== undefined ? ` (default ${definition.default})` : '';
  return docsWith(definition.docs, choices) + value;
}

function docsWith(docs: string, choices: readonly string[] | undefined): string {
  return choices ? `${docs}: ${choices.join(', ')}` : docs;
}

function rows(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

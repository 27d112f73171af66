import { loadCommands } from '../../cli/commands.ts';
import { commandHelp } from '../../cli/help.ts';
import { page } from './markdown.ts';

/** Each command as its own help shows it. */
export async function commandsPage(): Promise<string> {
  const commands = await loadCommands();
  return page(
    'Commands',
    'In a clone the command is `./trailhound`, installed it is `trailhound`. What others may script against is in [Contracts](../contracts.md).',
    ...commands.map((command) => `## ${command.name}\n\n\`\`\`\n${commandHelp(command).trimEnd()}\n\`\`\``),
  );
}

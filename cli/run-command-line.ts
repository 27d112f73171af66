import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrailhoundError } from '../lib/errors.ts';
import { packageRoot } from '../lib/paths.ts';
import { COMMAND_NAMES, loadCommand, loadCommands } from './commands.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { commandHelp, programHelp } from './help.ts';
import { parseArguments } from './parse-arguments.ts';
import { errorText } from './print-error.ts';
import { type Terminal, write } from './terminal.ts';

/** Runs the command line and gives its exit code. Never throws. */
export async function runCommandLine(args: readonly string[], world: Omit<Terminal, 'isDebug'>): Promise<number> {
  const isDebug = args.includes('--debug');
  const terminal: Terminal = { ...world, isDebug };
  try {
    return await dispatch(
      args.filter((arg) => arg !== '--debug'),
      terminal,
    );
  } catch (error) {
    if (terminal.signal.aborted) return EXIT.interrupted;
    await write(terminal.stderr, errorText(error, terminal));
    return exitCodeOf(error);
  }
}

async function dispatch([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === '--version') {
    await write(terminal.stdout, `${ownVersion()}\n`);
    return EXIT.ok;
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const wanted = name === 'help' ? await loadCommand(rest[0] ?? '') : undefined;
    await write(terminal.stdout, wanted ? commandHelp(wanted) : programHelp(await loadCommands(), ownVersion()));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = await loadCommand(name);
  if (!command) {
    throw new TrailhoundError('usage', `there is no command "${name}"`, {
      hint: `There are: ${COMMAND_NAMES.join(', ')}`,
    });
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    await write(terminal.stdout, commandHelp(command));
    return EXIT.ok;
  }
  return command.run(parseArguments(command, rest), terminal);
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

import type { Command } from './command.ts';

/** Every command, in the order of the help. Each is loaded when it is asked for: a query need not wait for the host. */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).runCommand,
  tables: async () => (await import('./tables.ts')).tablesCommand,
  kql: async () => (await import('./kql.ts')).kqlCommand,
  verb: async () => (await import('./verb.ts')).verbCommand,
  catalog: async () => (await import('./catalog.ts')).catalogCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  config: async () => (await import('./config.ts')).configCommand,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(LOADERS);

/** The command of that name, or undefined. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(LOADERS, name) ? LOADERS[name]!() : undefined;
}

/** All commands. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all(Object.values(LOADERS).map((load) => load()));
}

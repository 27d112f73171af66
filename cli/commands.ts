import { catalogCommand } from './catalog.ts';
import type { Command } from './command.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { kqlCommand } from './kql.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { tablesCommand } from './tables.ts';
import { verbCommand } from './verb.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  runCommand,
  tablesCommand,
  kqlCommand,
  verbCommand,
  catalogCommand,
  serveCommand,
  doctorCommand,
  configCommand,
];

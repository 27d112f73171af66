#!/usr/bin/env node
import { runCommandLine } from './run-command-line.ts';

// Deprecations within dependencies are nothing that a user can act on.
Object.assign(process, { noDeprecation: !process.argv.includes('--debug') });

/** What is not in order by then is left as it is: state survives a sudden end, and the user does not wait. */
const STOP_WITHIN_IN_MS = 10_000;

/** The program `trailhound`. The first Ctrl-C asks to stop in order; a second one stops at once. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
    setTimeout(() => process.exit(130), STOP_WITHIN_IN_MS).unref();
  });
}
// However the program ends, the terminal gets its cursor back.
process.on('exit', () => process.stderr.isTTY && process.stderr.write('\x1b[?25h'));
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

void runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  isLive: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb' && !process.env['CI'],
  // All that matters was written and awaited; what is left (pools, idle connections) must not hold the process.
}).then((code) => process.exit(code));

import { TrailhoundError, toErrorInfo } from '../lib/errors.ts';
import { redact } from '../lib/redaction.ts';
import { safeText } from '../lib/visuals/safe-text.ts';
import { styled, type Terminal, takesColour } from './terminal.ts';

const LINE_CHARACTERS = 4000;

/** An error as people read it: what, and what to do; a stack only under `--debug`. Secrets never. */
export function errorText(error: unknown, terminal: Pick<Terminal, 'stderr' | 'env' | 'isDebug'>): string {
  const { code, message, hint } = toErrorInfo(error);
  const colour = takesColour(terminal.stderr, terminal.env);
  const lines = [`${styled('red', 'trailhound:', colour)} ${shown(message)}`];
  if (hint) lines.push(styled('dim', shown(hint), colour));
  const isOurs = error instanceof TrailhoundError;
  if (terminal.isDebug && error instanceof Error) lines.push(causeChain(error));
  else if (!isOurs) lines.push(styled('dim', 'This should not happen. With --debug it shows where it did.', colour));
  if (terminal.isDebug) lines.push(`code: ${code}`);
  return `${redact(lines.join('\n'))}\n`;
}

/** A message may quote a log: nothing in it may act on the terminal. */
function shown(message: string): string {
  return message
    .split('\n')
    .map((line) => safeText(line, LINE_CHARACTERS))
    .join('\n');
}

function causeChain(error: Error): string {
  const stacks: string[] = [];
  for (let at: unknown = error; at instanceof Error && stacks.length < 5; at = at.cause)
    stacks.push(at.stack ?? at.message);
  return stacks.join('\ncaused by ');
}

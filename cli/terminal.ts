import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** The world as commands see it: streams, environment, the user's wish to stop. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts when the user presses Ctrl-C or the process is asked to end. */
  readonly signal: AbortSignal;
  /** Show what happens on a line that is drawn anew, and use colours, on standard error. */
  readonly isLive: boolean;
  /** Show stacks of errors. */
  readonly isDebug: boolean;
}

/** Whether a stream takes colours: a terminal, unless `NO_COLOR` is set (no-color.org) or it says that it is dumb. */
export function takesColour(stream: { isTTY?: boolean }, env: Terminal['env']): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Text with a style where the stream takes colours, else as it is. */
export function styled(style: Style, text: string, colour: boolean): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Writes and waits until the stream has taken it: a large document through a pipe is not cut off at the exit. */
export function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      // A reader that has seen enough (`| head`) is no failure.
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}

/** The document of a command, as JSON on standard output. */
export function writeJson(terminal: Terminal, document: unknown): Promise<void> {
  return write(terminal.stdout, `${JSON.stringify(document, null, 2)}\n`);
}

const CHUNK_CHARACTERS = 1 << 16;

/** Many lines, in chunks, no faster than the stream takes them. */
export async function writeLines(stream: NodeJS.WritableStream, lines: Iterable<string>): Promise<void> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await write(stream, chunk);
    chunk = '';
  }
  if (chunk !== '') await write(stream, chunk);
}

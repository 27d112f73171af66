import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { TrailhoundError } from '../lib/errors.ts';
import type { Terminal } from './terminal.ts';

/** Questions to a person. */
export interface Prompter {
  say(text: string): void;
  /** An empty answer gives the default. */
  ask(question: string, fallback?: string): Promise<string>;
  /** What is typed is not shown. */
  askSecret(question: string): Promise<string>;
  /** The position of the choice; the last one is also what an empty answer gives. */
  choose(question: string, choices: readonly string[]): Promise<number>;
}

/** A prompter over a terminal; `close` gives the terminal back. */
export function terminalPrompter({ stdin, stderr, signal }: Terminal): Prompter & { close(): void } {
  let isMuted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!isMuted) stderr.write(chunk as Buffer);
      done();
    },
  });
  const reader: Interface = createInterface({ input: stdin, output, terminal: true });
  /** Ctrl-C and Ctrl-D come as an abort, and mean that nothing of this is wanted. */
  const questionOf = (text: string) =>
    reader.question(text, { signal }).catch((error: unknown) => {
      if ((error as Error).name !== 'AbortError') throw error;
      throw new TrailhoundError('cancelled', 'stopped: the settings are as they were');
    });
  const ask = async (question: string, fallback?: string) => {
    const answer = await questionOf(`${question}${fallback ? ` [${fallback}]` : ''}: `);
    return answer.trim() || (fallback ?? '');
  };
  const say = (text: string) => {
    stderr.write(`${text}\n`);
  };
  return {
    say,
    ask,
    async askSecret(question) {
      stderr.write(`${question} (not shown): `);
      isMuted = true;
      try {
        return (await questionOf('')).trim();
      } finally {
        isMuted = false;
        stderr.write('\n');
      }
    },
    async choose(question, choices) {
      for (;;) {
        say(`\n${question}`);
        for (const [index, choice] of choices.entries()) say(`  ${index + 1}. ${choice}`);
        const answer = await ask('Number', String(choices.length));
        const position = Number(answer);
        if (Number.isInteger(position) && position >= 1 && position <= choices.length) return position - 1;
        say(`Type a number from 1 to ${choices.length}.`);
      }
    },
    close: () => reader.close(),
  };
}

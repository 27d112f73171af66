import { PassThrough, Writable } from 'node:stream';
import type { Terminal } from '../../cli/terminal.ts';

/** A terminal whose output can be read back. */
export function testTerminal(change: Partial<Terminal> = {}): Terminal & { out(): string; err(): string } {
  const collect = () => {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    return { stream, text: () => chunks.join('') };
  };
  const stdout = collect();
  const stderr = collect();
  return {
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    isLive: false,
    isDebug: false,
    ...change,
    out: stdout.text,
    err: stderr.text,
  };
}

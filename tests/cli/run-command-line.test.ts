import { describe, expect, it } from 'vitest';
import { loadCommands } from '../../cli/commands.ts';
import { errorText } from '../../cli/print-error.ts';
import { runCommandLine } from '../../cli/run-command-line.ts';
import { TrailhoundError } from '../../lib/errors.ts';
import { rememberSecret } from '../../lib/redaction.ts';
import { testTerminal } from './terminal.ts';

async function command(...args: string[]) {
  const terminal = testTerminal();
  const code = await runCommandLine(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('the command line', () => {
  it('lists its commands, and shows the help of each', async () => {
    const help = await command('--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const { name, summary } of await loadCommands()) {
      expect(help.out).toContain(`  ${name}`);
      expect((await command(name, '--help')).out).toContain(summary);
      expect((await command('help', name)).out).toBe((await command(name, '-h')).out);
    }
  });

  it('shows help and wrong usage when nothing is asked', async () => {
    expect((await command()).code).toBe(2);
    expect((await command('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what is wrong, on standard error, with exit code 2', async () => {
    expect(await command('sing')).toMatchObject({ code: 2, out: '' });
    expect((await command('sing')).err).toContain('there is no command "sing"');
    expect((await command('catalog', 'verbs', 'decode.nothing')).err).toContain('There are:');
  });

  it('prints the catalogue alone on standard output under --json', async () => {
    const { code, out, err } = await command('catalog', 'verbs', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { verbs } = JSON.parse(out);
    expect(verbs.map(({ name }: { name: string }) => name)).toContain('query.run');
    const query = verbs.find(({ name }: { name: string }) => name === 'query.run');
    expect(query.parameters).toContainEqual({
      name: 'provider',
      type: 'string',
      required: false,
      default: 'local',
      docs: 'A configured query provider',
    });
    expect(query.schema.properties.maxRows.default).toBe(5_000_000);
  });
});

describe('errors', () => {
  const terminal = testTerminal();

  it('are a message and a hint, without a stack', () => {
    const error = new TrailhoundError('usage', 'no such column', { hint: 'There are: a, b' });
    expect(errorText(error, terminal)).toBe('trailhound: no such column\nThere are: a, b\n');
    expect(errorText(new Error('broken'), terminal)).toContain('With --debug');
  });

  it('quote logs without letting them act on the terminal', () => {
    const error = new TrailhoundError('bad-data', 'cannot read "\u001b[2Ja\u202eb"\nat line 7');
    expect(errorText(error, terminal)).toBe('trailhound: cannot read "⟨001B⟩[2Ja⟨202E⟩b"\nat line 7\n');
  });

  it('show stacks and causes under --debug, and secrets never', () => {
    rememberSecret('hunter2-hunter2');
    const cause = new Error('key hunter2-hunter2 refused');
    const text = errorText(new TrailhoundError('remote', 'refused', { cause }), { ...terminal, isDebug: true });
    expect(text).toContain('run-command-line.test.ts');
    expect(text).toContain('caused by');
    expect(text).not.toContain('hunter2');
  });
});

import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../cli/command.ts';
import { commandHelp, usageLine } from '../../cli/help.ts';
import { parseArguments } from '../../cli/parse-arguments.ts';

const command = defineCommand({
  name: 'sniff',
  summary: 'Sniff at a file',
  description: 'Twice.',
  arguments: [
    { name: 'kind', docs: 'What to sniff at', required: true, choices: ['host', 'ip'] },
    { name: 'name', docs: 'Which', required: false },
  ],
  options: {
    data: { type: 'list', value: 'PATH', docs: 'Where' },
    input: { type: 'pairs', value: 'K=V', docs: 'What' },
    port: { type: 'integer', value: 'N', min: 0, max: 65535, default: 7071, docs: 'Port' },
    mode: { type: 'text', value: 'MODE', choices: ['fast', 'slow'], default: 'fast', docs: 'How' },
    json: { type: 'flag', short: 'j', docs: 'As JSON' },
  },
  examples: ['trailhound sniff host'],
  run: async () => 0,
});

describe('parseArguments', () => {
  it('reads arguments, lists, pairs, numbers, choices and flags, with defaults', () => {
    const args = [
      'host',
      'ws-17',
      '--data',
      'a',
      '--data=b',
      '--input',
      'q=x=y',
      '--input',
      '__proto__=z',
      '--port',
      '0',
      '-j',
    ];
    const given = parseArguments(command, args);
    expect(given.arguments).toEqual(['host', 'ws-17']);
    expect(given.options).toMatchObject({ data: ['a', 'b'], port: 0, mode: 'fast', json: true });
    expect(Object.entries(given.options['input']!)).toEqual([
      ['q', 'x=y'],
      ['__proto__', 'z'],
    ]);
    expect(parseArguments(command, ['ip']).options).toMatchObject({ data: [], port: 7071, json: false });
  });

  it.each([
    [[], '<kind> is missing'],
    [['url'], '<kind> is one of host, ip, not "url"'],
    [['host', 'a', 'b'], '"b" is one argument too many'],
    [['host', '--colour'], "Unknown option '--colour'"],
    [['host', '--port', '70000'], '--port is a whole number from 0 to 65535, not "70000"'],
    [['host', '--port', '1e3'], '--port is a whole number'],
    [['host', '--mode', 'odd'], '--mode is one of fast, slow, not "odd"'],
    [['host', '--input', 'x'], '--input is written as name=value, not "x"'],
    [['host', '--input', 'x=1', '--input', 'x=2'], '--input gives "x" twice'],
    [['host', '--data'], "Option '--data <value>' argument missing"],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parseArguments(command, args)).toThrow(message);
    try {
      parseArguments(command, args);
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage', hint: 'See: trailhound sniff --help' });
    }
  });
});

describe('help', () => {
  it('comes from the definition', () => {
    expect(commandHelp(command)).toMatchInlineSnapshot(`
      "Sniff at a file

      Usage: trailhound sniff <kind> [<name>] [options]

      Arguments:
        kind  What to sniff at: host, ip
        name  Which

      Options:
        --data PATH  Where
        --input K=V  What
        --port N     Port (default 7071)
        --mode MODE  How: fast, slow (default fast)
        -j, --json   As JSON
        -h, --help   Show this help

      Twice.

      Examples:
        trailhound sniff host
      "
    `);
    expect(usageLine(command)).toBe(
      'trailhound sniff <kind> [<name>] [--data PATH]… [--input K=V]… [--port N] [--mode MODE] [--json]',
    );
  });
});

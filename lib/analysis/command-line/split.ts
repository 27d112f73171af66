export type CommandLineRules = 'windows' | 'posix';

/** Longest command line of Windows; of Unix, what a log holds of one. Beyond it the rest is one last argument. */
const MAX_ARGUMENTS = 10_000;

/**
 * Splits as programs on Windows get their arguments (`CommandLineToArgvW` and Microsoft's C runtime since 2008): the
 * program's name ends at its quote or at white space; then backslashes count only before a quote.
 *
 * @example splitWindows('"C:\\a b\\x.exe" "say \\"hi\\"" c') // ['C:\\a b\\x.exe', 'say "hi"', 'c']
 */
export function splitWindows(commandLine: string): string[] {
  const words: string[] = [];
  let at = 0;
  let program = '';
  let isQuoted = false;
  for (; at < commandLine.length; at++) {
    const character = commandLine[at]!;
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === ' ' || character === '\t')) break;
    else program += character;
  }
  words.push(program);
  for (;;) {
    while (commandLine[at] === ' ' || commandLine[at] === '\t') at++;
    if (at >= commandLine.length) return words;
    if (words.length >= MAX_ARGUMENTS) return [...words, commandLine.slice(at)];
    const word = readWindowsArgument(commandLine, at);
    words.push(word.text);
    at = word.end;
  }
}

function readWindowsArgument(commandLine: string, start: number): { text: string; end: number } {
  let text = '';
  let isQuoted = false;
  let at = start;
  while (at < commandLine.length) {
    const character = commandLine[at]!;
    if (!isQuoted && (character === ' ' || character === '\t')) break;
    if (character === '\\') {
      const from = at;
      while (commandLine[at] === '\\') at++;
      const count = at - from;
      if (commandLine[at] !== '"') text += '\\'.repeat(count);
      else {
        text += '\\'.repeat(count >> 1);
        if (count % 2 === 1) {
          text += '"';
          at++;
        }
      }
      continue;
    }
    at++;
    if (character !== '"') text += character;
    else if (isQuoted && commandLine[at] === '"') {
      text += '"';
      at++;
    } else isQuoted = !isQuoted;
  }
  return { text, end: at };
}

/**
 * Splits as a POSIX shell does, without expanding anything: single quotes take all as it is, double quotes let a
 * backslash stand before `$`, `` ` ``, `"`, `\` and a line end. Operators (`|`, `;`, `>`) stay in their words.
 */
export function splitPosix(commandLine: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < commandLine.length; at++) {
    const character = commandLine[at]!;
    if (quote === "'") {
      if (character === "'") quote = '';
      else word += character;
    } else if (character === '\\' && (quote === '' || /[$`"\\\n]/.test(commandLine[at + 1] ?? ''))) {
      const escaped = commandLine[++at] ?? '';
      word = (word ?? '') + (escaped === '\n' ? '' : escaped);
    } else if (quote === '"') {
      if (character === '"') quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/[ \t\n\r]/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      if (words.length >= MAX_ARGUMENTS) return [...words, commandLine.slice(at + 1)];
    } else word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return words;
}

/** By what the line looks like: a drive, a share, an environment variable or a backslash speaks for Windows. */
export function rulesOf(commandLine: string): CommandLineRules {
  if (/^\s*["']?\/|(?:^|\s)\/(?:bin|usr|etc|tmp|var|home|opt)\//.test(commandLine)) return 'posix';
  return /[A-Za-z]:\\|\\\\|%\w+%|\.exe\b|\\/i.test(commandLine) ? 'windows' : 'posix';
}

export interface ParsedCommandLine {
  readonly rules: CommandLineRules;
  readonly program: string;
  readonly arguments: readonly string[];
  /** `-name value`, `--name=value`, `/name:value`: name → value, or true for a bare switch. The first one counts. */
  readonly switches: Readonly<Record<string, string | true>>;
}

/** A command line in parts. */
export function parseCommandLine(commandLine: string, rules: CommandLineRules | 'auto' = 'auto'): ParsedCommandLine {
  const used = rules === 'auto' ? rulesOf(commandLine) : rules;
  const [program = '', ...rest] = used === 'windows' ? splitWindows(commandLine.trimStart()) : splitPosix(commandLine);
  return { rules: used, program, arguments: rest, switches: switchesOf(rest, used) };
}

function switchesOf(words: readonly string[], rules: CommandLineRules): Record<string, string | true> {
  const switches: Record<string, string | true> = Object.create(null);
  const pattern =
    rules === 'windows' ? /^(?:--?|\/)([A-Za-z?][\w.-]*)(?:[:=](.*))?$/s : /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s;
  words.forEach((word, index) => {
    const match = pattern.exec(word);
    if (!match) return;
    const name = match[1]!;
    const next = words[index + 1];
    const value = match[2] ?? (next !== undefined && !pattern.test(next) ? next : true);
    if (!(name in switches)) switches[name] = value;
  });
  return switches;
}

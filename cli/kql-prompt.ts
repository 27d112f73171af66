import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { errorLines } from './kql-error.ts';
import { answerKql, type KqlSession } from './kql-session.ts';
import { kqlTableText } from './kql-table.ts';
import { type Terminal, write } from './terminal.ts';

const HELP = `A query ends at the end of its line; a line that ends in | or \\ goes on, and so does one after which a line begins with |.
.tables        the tables that have rows
.schema NAME   a table's columns
.exit          end (or Ctrl-D)
Tab completes, as the analyser sees the query.
`;
const HISTORY_LINES = 500;

/** Asks for queries until the user ends it. History is kept in the file; Tab completes from the analyser. */
export async function runKqlPrompt(session: KqlSession, terminal: Terminal, historyFile: string): Promise<void> {
  const history = existsSync(historyFile) ? readFileSync(historyFile, 'utf8').split('\n').filter(Boolean) : [];
  let pending = '';
  await write(terminal.stdout, HELP);
  const prompt = createInterface({
    input: terminal.stdin,
    output: terminal.stdout as NodeJS.WriteStream,
    history: history.toReversed(),
    historySize: HISTORY_LINES,
    prompt: 'kql> ',
    completer: (line: string) => completions(session, pending, line),
  });
  // Input that ends closes the prompt while the last lines are still being answered.
  let isOpen = true;
  prompt.once('close', () => {
    isOpen = false;
  });
  prompt.prompt();
  for await (const line of prompt) {
    pending = pending === '' ? line : `${pending}\n${line}`;
    if (/[|\\]\s*$/.test(line)) {
      pending = pending.replace(/\\\s*$/, '');
      prompt.setPrompt('...> ');
    } else {
      const text = pending.trim();
      pending = '';
      if (text === '.exit') break;
      if (text !== '') {
        history.push(text.replaceAll('\n', ' '));
        await answerLine(session, text, terminal);
      }
      prompt.setPrompt('kql> ');
    }
    if (isOpen) prompt.prompt();
  }
  prompt.close();
  writeFileSync(historyFile, `${history.slice(-HISTORY_LINES).join('\n')}\n`);
}

/** The words that can stand where the line ends. */
export function completions({ engine, run }: KqlSession, before: string, line: string): [string[], string] {
  const text = before === '' ? line : `${before}\n${line}`;
  const word = /[\w.-]*$/.exec(line)![0];
  const found = engine.complete(text, text.length, run.tables).map((item) => item.text);
  const matching = [...new Set(found)].filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
  return [matching.slice(0, 100), word];
}

async function answerLine(session: KqlSession, text: string, terminal: Terminal): Promise<void> {
  const [command, name] = text.split(/\s+/);
  const { tables = [] } = session.run;
  if (command === '.tables') return write(terminal.stdout, `${tables.map((table) => table.name).join('\n')}\n`);
  if (command === '.schema') {
    const table = tables.find((candidate) => candidate.name === name);
    return write(
      terminal.stdout,
      `${table ? table.schema.map((column) => `${column.name}: ${column.type}`).join('\n') : `no table ${name}`}\n`,
    );
  }
  if (command === '.help') return write(terminal.stdout, HELP);
  const answer = await answerKql(session, text, false);
  if ('error' in answer) return write(terminal.stderr, errorLines(text, answer.error));
  for (const { code, message } of answer.warnings) await write(terminal.stderr, `warning ${code}: ${message}\n`);
  return write(terminal.stdout, kqlTableText(answer.table!));
}

import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TrailhoundError } from '../lib/errors.ts';
import { KqlError, lintKql, schemasOfJson } from '../lib/kql/index.ts';
import { msFromTicks, ticksFromIso } from '../lib/tables/index.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { errorLines } from './kql-error.ts';
import { runKqlPrompt } from './kql-prompt.ts';
import { answerJson, answerKql, type KqlSession, openKqlSession } from './kql-session.ts';
import { kqlTableText } from './kql-table.ts';
import { type Terminal, write } from './terminal.ts';
import { readTime } from './times.ts';

export const kqlCommand = defineCommand({
  name: 'kql',
  summary: 'Run KQL on local logs, offline',
  description: [
    'One query by -e or --file, many by --batch (one {"id", "kql"} a line in, one answer a line out, in order; an error',
    'is an answer too). Without a query: a prompt with history and completion. Tables of Microsoft’s reference that the',
    'data does not have are known, and empty. What is not supported is refused by name, with line and column.',
  ].join('\n'),
  arguments: [],
  options: {
    execute: { type: 'text', value: 'TEXT', short: 'e', docs: 'The query' },
    file: { type: 'text', value: 'FILE', docs: 'A file with the query' },
    batch: { type: 'text', value: 'FILE.jsonl', docs: 'A file with many queries; - is standard input' },
    data: sharedOptions.data,
    schemas: {
      type: 'text',
      value: 'FILE',
      docs: 'JSON {table: {column: type}} of further tables, empty unless data has them',
    },
    now: { type: 'text', value: 'TIME', docs: 'What now() is; default: the end of the data' },
    'plan-only': { type: 'flag', docs: 'Check and translate the query; give its columns and no rows' },
    explain: { type: 'flag', docs: 'Show the stages of the translation and their SQL instead of rows' },
    lint: { type: 'flag', docs: 'Show what is slow or risky in the query instead of running it' },
    folder: sharedOptions.folder,
    json: sharedOptions.json,
  },
  examples: [
    'trailhound kql -e "SecurityEvent | summarize count() by EventID" --data ./logs',
    'trailhound kql --batch questions.jsonl --data events.zip --json',
  ],
  async run({ options }, terminal) {
    const { execute, file, batch } = options;
    const given = [execute, file, batch].filter((source) => source !== undefined);
    if (given.length > 1) throw new TrailhoundError('usage', 'give one of -e, --file and --batch');
    const text = execute ?? (file === undefined ? undefined : await readText(terminal, file));
    if (options.lint) return lint(terminal, text, options.json);
    const stateFolder = resolve(terminal.cwd, options.folder);
    const session = await openKqlSession({
      data: (options.data ?? []).map((path) => resolve(terminal.cwd, path)),
      stateFolder,
      signal: terminal.signal,
      ...(options.schemas === undefined ? {} : { schemas: schemasOfJson(await readText(terminal, options.schemas)) }),
      ...(options.now === undefined ? {} : { nowInMs: msFromTicks(ticksFromIso(readTime('--now', options.now))!) }),
    });
    try {
      if (batch !== undefined) return await answerBatch(session, terminal, batch, options['plan-only']);
      if (text === undefined) {
        mkdirSync(stateFolder, { recursive: true });
        await runKqlPrompt(session, terminal, join(stateFolder, 'kql-history'));
        return EXIT.ok;
      }
      if (options.explain) return await explain(session, terminal, text, options.json);
      return await answerOne(session, terminal, text, { planOnly: options['plan-only'], json: options.json });
    } finally {
      session.engine.close();
    }
  },
});

async function readText(terminal: Terminal, path: string): Promise<string> {
  if (path === '-') {
    const pieces: Buffer[] = [];
    for await (const piece of terminal.stdin) pieces.push(Buffer.from(piece as Uint8Array));
    return Buffer.concat(pieces).toString('utf8');
  }
  try {
    return await readFile(resolve(terminal.cwd, path), 'utf8');
  } catch (error) {
    throw new TrailhoundError('usage', `${path} cannot be read: ${(error as Error).message}`);
  }
}

async function answerOne(
  session: KqlSession,
  terminal: Terminal,
  text: string,
  { planOnly, json }: { planOnly: boolean; json: boolean },
): Promise<number> {
  const answer = await answerKql(session, text, planOnly);
  const failed = 'error' in answer;
  if (json) await write(terminal.stdout, `${answerJson(answer)}\n`);
  else if (failed) await write(terminal.stderr, errorLines(text, answer.error));
  else {
    for (const { code, message } of answer.warnings) await write(terminal.stderr, `warning ${code}: ${message}\n`);
    const columns = answer.schema.map(({ name, type }) => `${name}: ${type}`).join('\n');
    await write(terminal.stdout, answer.table ? kqlTableText(answer.table) : `${columns}\n`);
  }
  return failed ? EXIT.unanswered : EXIT.ok;
}

/** One line in, one answer out. A line that is no question is answered with an error as well. */
async function answerBatch(session: KqlSession, terminal: Terminal, path: string, planOnly: boolean): Promise<number> {
  for (const line of (await readText(terminal, path)).split('\n')) {
    if (line.trim() === '') continue;
    const question = questionOf(line);
    const answer =
      question.kql === undefined
        ? {
            error: {
              code: 'syntax' as const,
              construct: '',
              message: 'the line is not {"id", "kql"}',
              line: null,
              column: null,
            },
          }
        : await answerKql(session, question.kql, planOnly);
    await write(terminal.stdout, `${answerJson(answer, question.id ?? null)}\n`);
  }
  return EXIT.ok;
}

function questionOf(line: string): { id?: unknown; kql?: string } {
  try {
    const { id, kql } = JSON.parse(line) as { id?: unknown; kql?: unknown };
    return typeof kql === 'string' ? { id, kql } : { id };
  } catch {
    return {};
  }
}

async function explain(session: KqlSession, terminal: Terminal, text: string, json: boolean): Promise<number> {
  try {
    const { schema, stages, sql, warnings } = await session.engine.plan(text, session.run);
    if (json) await write(terminal.stdout, `${JSON.stringify({ columns: schema, stages, sql, warnings }, null, 2)}\n`);
    else {
      const shown = stages.map(
        ({ operator, sql: stageSql }, index) =>
          `s${index}: ${operator.replace(/\s+/g, ' ').slice(0, 120)}\n    ${stageSql}\n`,
      );
      await write(terminal.stdout, `${shown.join('')}\n${sql}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    await write(terminal.stderr, errorLines(text, error.info));
    return EXIT.unanswered;
  }
}

async function lint(terminal: Terminal, text: string | undefined, json: boolean): Promise<number> {
  if (text === undefined) throw new TrailhoundError('usage', '--lint needs a query: -e or --file');
  const remarks = lintKql(text);
  if (json) await write(terminal.stdout, `${JSON.stringify(remarks, null, 2)}\n`);
  else
    for (const { line, column, rule, message } of remarks)
      await write(terminal.stdout, `${line}:${column} ${rule}: ${message}\n`);
  return EXIT.ok;
}

import { safeText } from '../visuals/safe-text.ts';
import type { RankedFinding, ReportInput } from './input.ts';
import { playbookName, shortTime } from './sections/asked.ts';
import { counted, countText, defang } from './sections/parts.ts';
import { incompleteSteps } from './sections/problems.ts';

const FINDINGS_SHOWN = 50;
const EVIDENCE_SHOWN = 3;
const DECODED_SHOWN = 20;
const INDICATORS_SHOWN = 100;
const WARNINGS_SHOWN = 50;

/** The report as Markdown, for tickets and chats: the page without first rows. */
export function reportMarkdown(input: ReportInput): string {
  const parts = [
    `# ${inline(playbookName(input.playbook))}: investigation report`,
    inline(input.description, 2000),
    missing(input),
    '## What was asked',
    list(asked(input)),
    `## Findings (${countText(input.findings.length)})`,
    ...(input.findings.length === 0 ? ['Nothing was found.'] : input.findings.slice(0, FINDINGS_SHOWN).map(finding)),
    more(input.findings.length, FINDINGS_SHOWN, 'finding'),
    ...decoded(input),
    ...indicators(input),
    ...pictures(input),
    ...tables(input),
    ...problems(input),
    ...suppressed(input),
    '## Method and versions',
    table(
      ['Step', 'Verb', 'Rows in', 'Rows out', 'Status'],
      input.steps.map((step) => [
        step.name,
        step.verb,
        countText(step.rowsIn),
        countText(step.rowsOut),
        step.partial ? `${step.status}, partial` : step.status,
      ]),
    ),
    list(Object.entries(input.versions).map(([name, version]) => `${inline(name)} ${inline(version)}`)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Text in which nothing is markup, a link, a mention or HTML: it shows as what it is. */
function inline(value: unknown, characters = 300): string {
  return safeText(value, characters)
    .replace(/[\\`*_{}[\]()#!|~]/g, '\\$&')
    .replace(/[<>&@]|:(?=\/\/)|(?<=\bwww)\.|^[-+=]/gi, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** Text of several lines in a fence that is longer than any fence within it. */
function fenced(text: string, characters: number): string {
  const cut = text.length > characters ? `${text.slice(0, characters)}…(+${text.length - characters})` : text;
  const lines = cut.split(/\r\n|\r|\n/).map((line) => safeText(line, characters + 40));
  const longest = Math.max(2, ...lines.map((line) => /`+/.exec(line)?.[0].length ?? 0), ...longestRuns(lines));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${lines.join('\n')}\n${fence}`;
}

function longestRuns(lines: readonly string[]): number[] {
  return lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length));
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(row.map((cell) => inline(cell))))].join(
    '\n',
  );
}

function more(total: number, shown: number, noun: string): string {
  return total > shown ? `The first ${countText(shown)} of ${counted(total, noun)}; report.json has all.` : '';
}

function missing(input: ReportInput): string {
  const names = incompleteSteps(input).map((step) => inline(step.name));
  return names.length > 0
    ? `> **Not the whole picture:** ${names.join(', ')} failed, skipped or partial; see below.`
    : '';
}

function asked({ timeRange, inputs, sources }: ReportInput): string[] {
  return [
    ...(timeRange ? [`Time range: ${inline(shortTime(timeRange.start))} to ${inline(shortTime(timeRange.end))}`] : []),
    ...Object.entries(inputs).map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `Input ${inline(name)}: ${inline(text)}`;
    }),
    ...(sources.length > 0 ? [`Data: ${sources.map((source) => inline(source)).join(', ')}`] : []),
  ];
}

function finding({ rank, score, severity, title, reason, techniques, entities, evidence }: RankedFinding): string {
  const who = entities.slice(0, 12).map(({ kind, id }) => `${inline(kind, 60)} ${inline(id, 120)}`);
  return [
    `### ${rank}. ${inline(title)}`,
    `**${severity}**, score ${Math.round(score)}${techniques.length > 0 ? `, ${techniques.map((id) => inline(id)).join(', ')}` : ''}${who.length > 0 ? `. ${who.join(', ')}` : ''}`,
    inline(reason, 2000),
    ...evidence
      .slice(0, EVIDENCE_SHOWN)
      .map(
        (item) =>
          `${item.time ? `${inline(shortTime(item.time))}, ` : ''}${inline(item.table)} row ${countText(item.row)}\n\n${fenced(item.excerpt, 1000)}`,
      ),
  ].join('\n\n');
}

function decoded({ decoded: { items, total } }: ReportInput): string[] {
  if (total === 0) return [];
  return [
    `## Decoded commands (${countText(total)})`,
    ...items
      .slice(0, DECODED_SHOWN)
      .map(({ table: name, row, text }) => `${inline(name)} row ${countText(row)}\n\n${fenced(text, 2000)}`),
    more(total, DECODED_SHOWN, 'decoded text'),
  ];
}

function indicators({ indicators: { items, total } }: ReportInput): string[] {
  if (total === 0) return [];
  const rows = items
    .slice(0, INDICATORS_SHOWN)
    .map(({ type, value, count, verdict }) => [
      verdict?.verdict ?? 'not looked up',
      type,
      defang(type, value),
      countText(count),
      verdict?.sources.map((source) => `${source.provider}: ${source.verdict}`).join('; ') ?? '',
    ]);
  return [
    `## Indicators and verdicts (${countText(total)})`,
    table(['Verdict', 'Type', 'Value', 'Rows', 'Sources'], rows),
    more(total, INDICATORS_SHOWN, 'indicator'),
  ];
}

function pictures({ pictures: all }: ReportInput): string[] {
  if (all.length === 0) return [];
  return [
    '## Pictures',
    ...all.map(({ name, path, page }) => `![${inline(name)}](${path})${page ? `\n\n[Interactive page](${page})` : ''}`),
  ];
}

function tables({ tables: all }: ReportInput): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ name, verb, rows: count, columns }) => [
    name,
    verb,
    countText(count),
    countText(columns.length),
  ]);
  return [`## Tables (${countText(all.length)})`, table(['Table', 'Made by', 'Rows', 'Columns'], rows)];
}

function problems(input: ReportInput): string[] {
  const steps = incompleteSteps(input).map(
    ({ name, status, partial, error }) =>
      `**${inline(name)}** ${status}${partial ? ', partial' : ''}${error ? `: ${inline(`${error.code}: ${error.message}`, 1000)}` : ''}`,
  );
  const warnings = input.warnings
    .slice(0, WARNINGS_SHOWN)
    .map(({ code, message, step }) => `${inline(code)}: ${step ? `${inline(step)}: ` : ''}${inline(message, 1000)}`);
  if (steps.length + warnings.length === 0) return ['## What failed or was partial', 'Nothing.'];
  return [
    '## What failed or was partial',
    list([...steps, ...warnings]),
    more(input.warnings.length, WARNINGS_SHOWN, 'warning'),
  ];
}

function suppressed({ suppressed: all }: ReportInput): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, FINDINGS_SHOWN);
  return [
    `## Suppressed (${countText(all.length)})`,
    list(shown.map(({ title, suppressedBy }) => `${inline(title)}, by ${inline(suppressedBy)}`)),
    more(all.length, FINDINGS_SHOWN, 'suppressed finding'),
  ];
}

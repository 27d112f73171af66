import { type Evidence, excerptOf } from '../../outcome.ts';
import { isoFromTicks } from '../../tables/index.ts';
import { basename } from '../generalise.ts';
import { groupOf, type MatchedRow, timeOfRow } from './detect.ts';
import { eventKindOf } from './event-kinds.ts';
import type { Prevalence } from './group-matches.ts';
import type { SigmaRule } from './rule.ts';

const MAX_FIELD_CHARACTERS = 200;

/** What happened, who did it to what, and where. */
export function titleOf(rule: SigmaRule, matched: MatchedRow, computer: string): string {
  const { table, shape, row } = matched;
  const kind = eventKindOf(shape);
  const first = (fields: readonly string[]) =>
    fields.map((field) => table.text(field, shape, row)).find((text) => text !== '' && text !== '-') ?? '';
  const group =
    rule.kind === 'correlation'
      ? groupOf(rule, matched).filter((text) => text.toLowerCase() !== computer.toLowerCase())
      : [];
  const who = rule.kind === 'correlation' ? group.join(', ') : basename(first(kind.actor));
  const what = rule.kind === 'correlation' ? '' : basename(first(kind.target));
  const subject = [who, what].filter((text) => text !== '').join(' → ');
  return `${rule.title}${subject ? `: ${shorten(subject, 120)}` : ''}${computer ? ` on ${computer}` : ''}`;
}

/** Why it is notable, in words. */
export function reasonOf(
  rule: SigmaRule,
  { table, shape, row }: MatchedRow,
  prevalence: Prevalence,
  others: ReadonlySet<SigmaRule>,
  rowCount: number,
): string {
  const sentences = [rule.description.trim().replace(/\s+/g, ' ').replace(/\.$/, '')];
  const parent = table.text('ParentImage', shape, row);
  if (parent !== '') {
    const command = table.text('ParentCommandLine', shape, row);
    sentences.push(`Started by ${parent}${command ? ` (${shorten(command, MAX_FIELD_CHARACTERS)})` : ''}`);
  }
  if (rule.kind === 'correlation') sentences.push(`${rowCount} events within ${spanInWords(rule.timespanInMs)}`);
  const times = prevalence.matches === 1 ? 'once' : `${prevalence.matches.toLocaleString('en-US')} times`;
  const computers = prevalence.computers.size;
  sentences.push(
    `This kind was matched ${times}${computers > 1 ? `, on ${computers} computers` : ''} among ${table.rowCount.toLocaleString('en-US')} rows of ${table.name}`,
  );
  if (others.size > 0) {
    const titles = [...others].map((other) => `“${other.title}”`).sort();
    const named = titles.slice(0, 4).join(', ');
    sentences.push(
      `The same process also matched ${named}${titles.length > 4 ? ` and ${titles.length - 4} more` : ''}`,
    );
  }
  if (rule.falsePositives.length > 0) sentences.push(`Can be harmless: ${rule.falsePositives.join('; ')}`);
  return `${sentences.filter((sentence) => sentence !== '').join('. ')}.`;
}

function spanInWords(timespanInMs: number): string {
  const minutes = timespanInMs / 60_000;
  return minutes >= 1 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${timespanInMs / 1000} seconds`;
}

/** The row as evidence. */
export function evidenceOf(matched: MatchedRow): Evidence {
  const { table, row } = matched;
  const time = table.cell('TimeGenerated', matched.shape, row);
  return {
    table: table.name,
    row,
    time: typeof time === 'bigint' ? isoFromTicks(time) : Number.isNaN(timeOfRow(matched)) ? null : String(time),
    excerpt: excerptText(matched),
  };
}

/** The evidence itself, in one line: the fields that matter for its kind of event. */
export function excerptText({ table, shape, row }: MatchedRow): string {
  const { excerpt } = eventKindOf(shape);
  const texts = excerpt.map((field) => table.text(field, shape, row)).filter((text) => text !== '' && text !== '-');
  const category = shape.logsource.category;
  if (category === 'process_creation') return excerptOf(texts[0] ?? '');
  if (category === 'process_access') {
    const [source = '', target = '', access = '', trace = ''] = excerpt.map((field) => table.text(field, shape, row));
    return excerptOf(`${source} → ${target} (${access})${trace ? ` ${trace}` : ''}`);
  }
  return excerptOf([...new Set(texts)].join(' · '));
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

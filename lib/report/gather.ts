import type { Finding } from '../outcome.ts';
import { cellText, type Table, type TableSource } from '../tables/index.ts';
import { safeText } from '../visuals/safe-text.ts';
import { cutText } from './cut-text.ts';
import { gatherDecoded } from './gather-decoded.ts';
import { gatherIndicators } from './gather-indicators.ts';
import { gatherPictures } from './gather-pictures.ts';
import type { ReportInput, ReportReaders, ReportStep, ReportSubject, TablePreview } from './input.ts';
import { mergeVerdicts, rankFindings } from './rank.ts';

const PREVIEW_ROWS = 25;
const PREVIEW_CHARACTERS = 2_000;
const FINDINGS_WITH_ROWS = 50;
const ROWS_PER_FINDING = 3;
const ROW_CHARACTERS = 4_000;

/**
 * Reads what the report shows of an investigation's tables and pictures: first rows, decoded commands, indicators,
 * rows behind the findings. Bounded in rows and characters, whatever the tables hold.
 */
export async function gatherReport(subject: ReportSubject, readers: ReportReaders): Promise<ReportInput> {
  const { ranked, suppressed } = rankFindings(subject.findings);
  const verdicts = mergeVerdicts(subject.verdicts);
  const sources = new Map<string, TableSource>();
  for (const { name } of subject.tables) sources.set(name, await readers.table(name));
  const previews = new Map<string, TablePreview>();
  for (const [name, source] of sources) previews.set(name, await previewOf(source));
  return {
    ...subject,
    // Folded YAML ends with a line end.
    description: subject.description.trim(),
    steps: subject.steps.map(stepOf),
    findings: ranked,
    suppressed,
    verdicts,
    previews,
    evidenceRows: await gatherEvidence(ranked, sources),
    decoded: await gatherDecoded(subject.tables, sources),
    indicators: await gatherIndicators(subject.tables, sources, verdicts),
    pictures: await gatherPictures(subject.artifacts, readers),
  };
}

/** What of a step belongs into a report: its caller may know how long it took, but that is of one run. */
function stepOf({ name, verb, status, rowsIn, rowsOut, partial, error }: ReportStep): ReportStep {
  return { name, verb, status, rowsIn, rowsOut, partial, error };
}

async function previewOf(source: TableSource): Promise<TablePreview> {
  const rows = Array.from({ length: Math.min(PREVIEW_ROWS, source.rowCount) }, (_, row) => row);
  const table = await source.take(rows);
  return { columns: source.schema, rows: rows.map((row) => textsOf(table, row)) };
}

function textsOf(table: Table, row: number): (string | null)[] {
  return table.columns.map((column) => {
    const text = cellText(column, row);
    return text === null ? null : cutText(text, PREVIEW_CHARACTERS);
  });
}

async function gatherEvidence(
  findings: readonly Finding[],
  sources: ReadonlyMap<string, TableSource>,
): Promise<Map<string, Record<string, string>>> {
  const wanted = new Map<string, Set<number>>();
  for (const { evidence } of findings.slice(0, FINDINGS_WITH_ROWS)) {
    for (const { table, row } of evidence.slice(0, ROWS_PER_FINDING)) {
      wanted.set(table, (wanted.get(table) ?? new Set()).add(row));
    }
  }
  const found = new Map<string, Record<string, string>>();
  for (const [name, rowSet] of wanted) {
    const source = sources.get(name);
    if (!source) continue;
    const rows = [...rowSet].filter((row) => row >= 0 && row < source.rowCount).sort((a, b) => a - b);
    const table = await source.take(rows);
    rows.forEach((row, index) => {
      found.set(`${name}#${row}`, rowTexts(table, index));
    });
  }
  return found;
}

/** The cells of a row that hold something. The object has no prototype: a column may be named `__proto__`. */
function rowTexts(table: Table, row: number): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const column of table.columns) {
    const text = cellText(column, row);
    if (text) texts[safeText(column.name)] = cutText(text, ROW_CHARACTERS);
  }
  return texts;
}

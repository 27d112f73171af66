import { cutText } from './cut-text.ts';
import type { ReportInput } from './input.ts';
import { playbookName } from './sections/asked.ts';

const TEXT_CHARACTERS = 20_000;

/** The report as data: the content of the page, with every finding and every warning. */
export function reportJson(input: ReportInput): string {
  const { previews, evidenceRows, pictures, ...rest } = input;
  const document = {
    ...rest,
    playbook: playbookName(rest.playbook),
    verdicts: rest.verdicts.map((verdict) => ({
      ...verdict,
      // The age of a cached answer belongs to the run, not to the result.
      sources: verdict.sources.map(({ provider, verdict: said, detail }) => ({ provider, verdict: said, detail })),
    })),
    indicators: {
      ...rest.indicators,
      items: rest.indicators.items.map(({ verdict, ...indicator }) => ({
        ...indicator,
        verdict: verdict?.verdict ?? null,
      })),
    },
    pictures: pictures.map(({ png: _png, ...picture }) => picture),
    previews: Object.fromEntries(
      [...previews].map(([name, { columns, rows }]) => [name, { columns: columns.map((column) => column.name), rows }]),
    ),
    evidenceRows: Object.fromEntries(evidenceRows),
  };
  return `${JSON.stringify(document, cutLongText, 2)}\n`;
}

/** No text of a log makes the file hard to open: what is cut is counted. */
function cutLongText(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? cutText(value, TEXT_CHARACTERS) : value;
}

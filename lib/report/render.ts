import type { ReportInput } from './input.ts';
import { reportJson } from './json.ts';
import { reportMarkdown } from './markdown.ts';
import { reportPage } from './page.ts';

export interface Report {
  /** One self-contained page: strict content security policy, no network. */
  readonly html: string;
  readonly markdown: string;
  readonly json: string;
}

/**
 * The report of an investigation in its three forms. The same input gives the same bytes.
 *
 * @example const { html } = renderReport(await gatherReport(subject, readers));
 */
export function renderReport(input: ReportInput): Report {
  return { html: reportPage(input), markdown: reportMarkdown(input), json: reportJson(input) };
}

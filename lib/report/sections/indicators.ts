import { safeText } from '../../visuals/safe-text.ts';
import { type Html, html } from '../html.ts';
import type { Indicator, ReportInput } from '../input.ts';
import { counted, countText, defang, type Section, shownNote, verdictBadge } from './parts.ts';

/** Indicators with what lookups said of them. Values are written so that nothing takes them for links. */
export function indicatorsSection({ indicators }: ReportInput): Section | null {
  if (indicators.total === 0) return null;
  const judged = indicators.items.filter(isJudged);
  const rest = judged.length === 0 ? [] : indicators.items.filter((indicator) => !isJudged(indicator));
  const body = html`
${shownNote(indicators, 'indicator')}
${indicatorTable(judged.length === 0 ? indicators.items : judged)}
${rest.length > 0 && html`<details class="fold"><summary>${counted(rest.length, 'indicator')} of which nothing is known, or that ${rest.length === 1 ? 'is' : 'are'} benign</summary>${indicatorTable(rest)}</details>`}
<p class="note">Dots of names and addresses are written as [.]; report.json has the values as they were.</p>`;
  return { id: 'indicators', title: 'Indicators and verdicts', count: indicators.total, body };
}

function isJudged({ verdict }: Indicator): boolean {
  return verdict?.verdict === 'malicious' || verdict?.verdict === 'suspicious';
}

function indicatorTable(indicators: readonly Indicator[]): Html {
  return html`<div class="scroll"><table class="data sortable"><thead><tr><th>Verdict</th><th class="number">Score</th><th>Type</th><th>Value</th><th class="number">Rows</th><th>Seen in</th><th>Sources</th></tr></thead><tbody>
${indicators.map(indicatorRow)}</tbody></table></div>`;
}

function indicatorRow({ type, value, count, tables, verdict }: Indicator): Html {
  const sources = verdict?.sources.map(({ provider, verdict: said, detail }) =>
    safeText(`${provider}: ${said}${detail ? `, ${detail}` : ''}`, 300),
  );
  return html`<tr class="item"><td class="nowrap">${verdict ? verdictBadge(verdict.verdict) : html`<span class="muted">not looked up</span>`}</td><td class="number">${verdict && Math.round(verdict.score)}</td><td class="nowrap">${type}</td><td class="code">${safeText(defang(type, value), 300)}</td><td class="number">${count > 0 && countText(count)}</td><td class="nowrap">${tables.join(', ')}</td><td class="wide">${sources?.map((source, index) => [index > 0 && html`<br>`, source])}</td></tr>
`;
}

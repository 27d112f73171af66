import { safeText } from '../../visuals/safe-text.ts';
import { type Html, html } from '../html.ts';
import type { Indicator, ReportInput } from '../input.ts';
import { countText, defang, type Section, shownNote, verdictBadge } from './parts.ts';

/** Indicators with what lookups said of them. Values are written so that nothing takes them for links. */
export function indicatorsSection({ indicators }: ReportInput): Section | null {
  if (indicators.total === 0) return null;
  const body = html`
${shownNote(indicators, 'indicator')}
<div class="scroll"><table class="data sortable"><thead><tr><th>Verdict</th><th class="number">Score</th><th>Type</th><th>Value</th><th class="number">Rows</th><th>Seen in</th><th>Sources</th></tr></thead><tbody>
${indicators.items.map(indicatorRow)}</tbody></table></div>
<p class="note">Dots of names and addresses are written as [.]; report.json has the values as they were.</p>`;
  return { id: 'indicators', title: 'Indicators and verdicts', count: indicators.total, body };
}

function indicatorRow({ type, value, count, tables, verdict }: Indicator): Html {
  const sources = verdict?.sources.map(({ provider, verdict: said, detail }) =>
    safeText(`${provider}: ${said}${detail ? `, ${detail}` : ''}`, 300),
  );
  return html`<tr class="item"><td class="nowrap">${verdict ? verdictBadge(verdict.verdict) : html`<span class="muted">not looked up</span>`}</td><td class="number">${verdict && Math.round(verdict.score)}</td><td class="nowrap">${type}</td><td class="code">${safeText(defang(type, value), 300)}</td><td class="number">${count > 0 && countText(count)}</td><td class="nowrap">${tables.join(', ')}</td><td class="wide">${sources?.map((source, index) => [index > 0 && html`<br>`, source])}</td></tr>
`;
}

import type { Evidence } from '../../outcome.ts';
import { excerptOf } from '../../outcome.ts';
import { safeText } from '../../visuals/safe-text.ts';
import { block, type Html, html, relativePath } from '../html.ts';
import type { RankedFinding, ReportInput } from '../input.ts';
import { shortTime } from './asked.ts';
import { counted, countText, type Section, scoreRing, severityBadge } from './parts.ts';
import { tableAnchor } from './tables.ts';

const FINDINGS_SHOWN = 200;
const EVIDENCE_SHOWN = 10;
/** The first rows of evidence say what it is about; the others are one click away. */
const EVIDENCE_OPEN = 2;
/** Below this score a finding is context rather than news: it is folded away where there is news. */
const NEWS_SCORE = 40;

/** Ranked findings, each with why, who and the evidence itself. */
export function findingsSection(input: ReportInput): Section {
  const { findings } = input;
  const shown = findings.slice(0, FINDINGS_SHOWN);
  const news = shown.filter(({ score }) => score >= NEWS_SCORE);
  const rest = news.length === 0 ? [] : shown.slice(news.length);
  const body =
    findings.length === 0
      ? html`<p class="none">Nothing was found. What failed or was partial is listed below: an empty answer is only as good as the data behind it.</p>`
      : html`
<ol class="findings">${(news.length === 0 ? shown : news).map((finding) => findingCard(finding, input))}</ol>
${rest.length > 0 && html`<details class="fold"><summary>${counted(rest.length, 'finding')} with a score below ${NEWS_SCORE}</summary><ol class="findings">${rest.map((finding) => findingCard(finding, input))}</ol></details>`}
${shown.length < findings.length && html`<p class="note">The first ${countText(shown.length)} of ${counted(findings.length, 'finding')}; all are in report.json.</p>`}`;
  return { id: 'findings', title: 'Findings', count: findings.length, body };
}

function findingCard(finding: RankedFinding, input: ReportInput): Html {
  const { rank, score, severity, title, reason, techniques, entities, evidence } = finding;
  return html`
<li class="finding item ${severity}" id="finding-${rank}" tabindex="-1" data-severity="${severity}">
<header>${scoreRing(score, severity)}<div><h3><span class="rank">${rank}</span> ${safeText(title, 300)}</h3>
<p class="tags">${severityBadge(severity)}${techniques.map((technique) => html`<span class="tag technique">${technique}</span>`)}${entities
    .slice(0, 12)
    .map(({ kind, id }) => html`<span class="tag"><i>${kind}</i> ${safeText(id, 120)}</span>`)}</p></div></header>
<p class="reason">${safeText(reason, 2000)}</p>
${evidence.slice(0, EVIDENCE_OPEN).map((item) => evidenceOf(item, input))}
${evidence.length > EVIDENCE_OPEN && html`<details class="fold"><summary>${counted(evidence.slice(EVIDENCE_OPEN, EVIDENCE_SHOWN).length, 'further row')} of evidence</summary>${evidence.slice(EVIDENCE_OPEN, EVIDENCE_SHOWN).map((item) => evidenceOf(item, input))}</details>`}
${evidence.length > EVIDENCE_SHOWN && html`<p class="note">${countText(evidence.length - EVIDENCE_SHOWN)} further rows of evidence are in report.json.</p>`}
</li>`;
}

function evidenceOf({ table, row, time, excerpt }: Evidence, input: ReportInput): Html {
  const whole = input.evidenceRows.get(`${table}#${row}`);
  const isListed = input.tables.some((other) => other.name === table);
  const place = html`${table} row ${countText(row)}`;
  return html`
<div class="evidence"><div class="where">${time && html`<time datetime="${time}">${shortTime(time)}</time>`}<span>${
    isListed ? html`<a href="${relativePath(`#${tableAnchor(table, input)}`)}">${place}</a>` : place
  }</span></div>
<pre>${block(excerptOf(excerpt))}</pre>
${whole && html`<details><summary>Whole row</summary><dl class="row">${Object.entries(whole).map(([name, value]) => html`<div><dt>${name}</dt><dd>${safeText(value, 4100)}</dd></div>`)}</dl></details>`}
</div>`;
}

/** Findings that an allow-list took out of the ranking: shown, with the entry that did it. */
export function suppressedSection({ suppressed }: ReportInput): Section | null {
  if (suppressed.length === 0) return null;
  const shown = suppressed.slice(0, FINDINGS_SHOWN);
  const body = html`
<p>Known-good: an allow-list entry matches each of these. They are not ranked.</p>
<div class="scroll"><table class="data"><thead><tr><th>Finding</th><th class="number">Score</th><th>Evidence</th><th>Suppressed by</th></tr></thead><tbody>
${shown.map(
  (
    finding,
  ) => html`<tr class="item"><td>${safeText(finding.title)}</td><td class="number">${Math.round(finding.score)}</td><td>${safeText(finding.evidence[0]?.excerpt ?? '', 300)}</td><td>${safeText(finding.suppressedBy)}</td></tr>
`,
)}</tbody></table></div>
${shown.length < suppressed.length && html`<p class="note">The first ${countText(shown.length)} of ${counted(suppressed.length, 'suppressed finding')}.</p>`}`;
  return { id: 'suppressed', title: 'Suppressed', count: suppressed.length, body };
}

import { html } from '../report/html.ts';
import type { InvestigationDocument } from './document.ts';

const FINDINGS = 10;
const VERDICTS = 10;
const EXCERPT_CHARACTERS = 300;

/**
 * The comment on an incident: what an analyst should know before opening the report, as HTML that Sentinel shows.
 *
 * @param reportUrl where the report can be read, shown as text; undefined where no address is configured
 */
export function incidentComment(document: InvestigationDocument, reportUrl: string | undefined): string {
  const { findings, suppressed, verdicts, steps, warnings } = document;
  const bad = verdicts.filter(({ verdict }) => verdict === 'malicious' || verdict === 'suspicious');
  const failed = steps.filter(({ status }) => status === 'failed');
  const partial = steps.filter((step) => step.partial);
  const listed = findings
    .slice(0, FINDINGS)
    .map(
      ({ rank, severity, score, title, reason, techniques, evidence }) =>
        html`<li><b>${rank}. ${title}</b> (${severity}, ${score}${techniques.length > 0 ? `, ${techniques.join(' ')}` : ''})<br>${reason}${evidence[0] && html`<br><i>${cut(evidence[0].excerpt)}</i>`}</li>`,
    );
  const judged = bad
    .slice(0, VERDICTS)
    .map(
      ({ type, value, verdict, sources }) =>
        html`<tr><td>${type}</td><td>${cut(value)}</td><td>${verdict}</td><td>${sources.map(({ provider }) => provider).join(', ')}</td></tr>`,
    );
  return html`<h3>Trailhound: ${document.playbook}</h3><p>${summaryOf(document)}${suppressed.length > 0 ? ` ${suppressed.length} more were suppressed as known to be good.` : ''}</p>${listed.length > 0 && html`<ul>${listed}</ul>`}${findings.length > FINDINGS && html`<p>${findings.length - FINDINGS} more findings are in the report.</p>`}${judged.length > 0 && html`<table><tr><th>Type</th><th>Indicator</th><th>Verdict</th><th>Sources</th></tr>${judged}</table>`}${bad.length > VERDICTS && html`<p>${bad.length - VERDICTS} more indicators are in the report.</p>`}${failed.length > 0 && html`<p><b>Failed:</b> ${failed.map(({ name, error }) => `${name} (${error?.message ?? ''})`).join('; ')}</p>`}${partial.length > 0 && html`<p><b>Partial:</b> ${partial.map(({ name }) => name).join(', ')}; ${warnings.length} warnings are in the report.</p>`}<p>${reportUrl ? `Report: ${reportUrl}` : `Investigation ${document.id}`}</p>`
    .markup;
}

function summaryOf({ status, findings, steps, error }: InvestigationDocument): string {
  if (error) return `The investigation failed: ${error.message}`;
  const worst = findings[0];
  const done = steps.filter((step) => step.status === 'succeeded').length;
  const found = worst ? `${findings.length} findings, the strongest ${worst.severity}.` : 'No findings.';
  return `${status === 'completed' ? 'Completed' : 'Failed'}: ${done} of ${steps.length} steps. ${found}`;
}

function cut(text: string): string {
  return text.length <= EXCERPT_CHARACTERS ? text : `${text.slice(0, EXCERPT_CHARACTERS)}… (${text.length} characters)`;
}

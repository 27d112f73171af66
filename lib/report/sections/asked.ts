import { SEVERITIES } from '../../outcome.ts';
import { type Html, html } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { counted, countText, type Section } from './parts.ts';

/** What was asked: the playbook, its inputs, the time range, the data. */
export function askedSection(input: ReportInput): Section {
  const facts: [string, string][] = [['Playbook', playbookName(input.playbook)]];
  if (input.timeRange)
    facts.push(['Time range', `${shortTime(input.timeRange.start)} to ${shortTime(input.timeRange.end)}`]);
  for (const [name, value] of Object.entries(input.inputs)) {
    facts.push([`Input ${name}`, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  if (input.sources.length > 0) facts.push(['Data', input.sources.join(', ')]);
  const body = html`
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  return { id: 'asked', title: 'What was asked', body };
}

/** The answer at one glance, at the top of the page. */
export function glance(input: ReportInput): Html {
  const severities = [...SEVERITIES].reverse();
  const bySeverity = severities
    .map((severity) => ({ severity, count: input.findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0);
  const bad = input.indicators.items.filter(({ verdict }) => verdict?.verdict === 'malicious').length;
  const rows = input.tables.reduce((sum, table) => sum + table.rows, 0);
  const succeeded = input.steps.filter((step) => step.status === 'succeeded').length;
  return html`
<div class="glance">
<div class="tile wide"><b>${countText(input.findings.length)}</b><span>${input.findings.length === 1 ? 'finding' : 'findings'}</span>${
    bySeverity.length > 0 &&
    html`<span class="chips">${bySeverity.map(({ severity, count }) => html`<span class="badge ${severity}">${count} ${severity}</span>`)}</span>`
  }</div>
<div class="tile"><b>${countText(input.decoded.total)}</b><span>decoded ${input.decoded.total === 1 ? 'text' : 'texts'}</span></div>
<div class="tile"><b>${countText(input.indicators.total)}</b><span>${input.indicators.total === 1 ? 'indicator' : 'indicators'}${bad > 0 && html`, <em class="malicious">${countText(bad)} malicious</em>`}</span></div>
<div class="tile"><b>${countText(rows)}</b><span>${rows === 1 ? 'row' : 'rows'} in ${counted(input.tables.length, 'table')}</span></div>
<div class="tile"><b>${succeeded}<small>/${input.steps.length}</small></b><span>steps succeeded</span></div>
</div>`;
}

/** An ISO time for people: without the zeros at the end of its fraction. */
export function shortTime(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?Z$/.exec(iso);
  return match ? `${match[1]} ${match[2]}${match[3] ? `.${match[3]}` : ''} UTC` : iso;
}

/** The name of a playbook, which may have been given as a file. */
export function playbookName(playbook: string): string {
  return playbook.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '');
}

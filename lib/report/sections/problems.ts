import { safeText } from '../../visuals/safe-text.ts';
import { type Html, html, relativePath } from '../html.ts';
import type { ReportInput, ReportStep } from '../input.ts';
import { counted, type Section } from './parts.ts';

const WARNINGS_SHOWN = 200;

/** What failed, was skipped or is partial, and every warning: what the answers above do not cover. */
export function problemsSection(input: ReportInput): Section {
  const incomplete = incompleteSteps(input);
  const { warnings } = input;
  const shown = warnings.slice(0, WARNINGS_SHOWN);
  const body =
    incomplete.length + warnings.length === 0
      ? html`<p class="none good">Every step succeeded, nothing was cut, nobody warned.</p>`
      : html`
${incomplete.length > 0 && html`<ul class="problems">${incomplete.map((step) => html`<li class="${step.status}"><b>${step.name}</b> <span class="tag">${step.verb}</span> ${statusText(step)}</li>`)}</ul>`}
${shown.length > 0 && html`<ul class="warnings">${shown.map(({ code, message, step }) => html`<li class="item"><span class="tag">${code}</span> ${step && html`<b>${step}</b> `}${safeText(message, 1000)}</li>`)}</ul>`}
${shown.length < warnings.length && html`<p class="note">The first ${shown.length} of ${counted(warnings.length, 'warning')}.</p>`}`;
  return { id: 'problems', title: 'What failed or was partial', count: incomplete.length + warnings.length, body };
}

export function incompleteSteps({ steps }: ReportInput): readonly ReportStep[] {
  return steps.filter((step) => step.status !== 'succeeded' || step.partial);
}

function statusText({ status, error, partial }: ReportStep): Html {
  if (status === 'succeeded') return html`<span class="badge suspicious">${partial ? 'partial' : status}</span>`;
  return html`<span class="badge ${status === 'failed' ? 'malicious' : 'unknown'}">${status}</span> ${
    error &&
    html`<span class="tag">${error.code}</span> ${safeText(error.message, 1000)}${error.hint && html` <i>${safeText(error.hint, 1000)}</i>`}`
  }`;
}

/** A banner under the title, for what nobody should miss. */
export function incompleteBanner(input: ReportInput): Html | null {
  const incomplete = incompleteSteps(input);
  if (incomplete.length === 0) return null;
  const count = (status: ReportStep['status']) => incomplete.filter((step) => step.status === status).length;
  const parts = [
    count('failed') > 0 && `${counted(count('failed'), 'step')} failed`,
    count('skipped') > 0 && `${counted(count('skipped'), 'step')} skipped`,
    count('succeeded') > 0 && `${counted(count('succeeded'), 'step')} partial`,
  ];
  return html`<p class="banner" role="status"><b>Not the whole picture:</b> ${parts.filter(Boolean).join(', ')}. <a href="${relativePath('#problems')}">What is missing</a></p>`;
}

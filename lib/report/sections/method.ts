import { verbs } from '../../verbs/registry.ts';
import { html } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { countText, type Section } from './parts.ts';

/** How the answers came about: each step with what it does, and the versions of everything. */
export function methodSection({ steps, versions }: ReportInput): Section {
  const body = html`
<div class="scroll"><table class="data"><thead><tr><th>Step</th><th>Verb</th><th>What it does</th><th class="number">Rows in</th><th class="number">Rows out</th><th>Status</th></tr></thead><tbody>
${steps.map(
  (
    step,
  ) => html`<tr><td><b>${step.name}</b></td><td class="code">${step.verb}</td><td>${verbs.get(step.verb)?.summary}</td><td class="number">${countText(step.rowsIn)}</td><td class="number">${countText(step.rowsOut)}</td><td>${step.partial ? `${step.status}, partial` : step.status}</td></tr>
`,
)}</tbody></table></div>
<dl class="facts">${Object.entries(versions).map(([name, version]) => html`<div><dt>${name}</dt><dd>${version}</dd></div>`)}</dl>
<p class="note">The same inputs give this report byte for byte. Times and identity of the run are in manifest.json.</p>`;
  return { id: 'method', title: 'Method and versions', body };
}

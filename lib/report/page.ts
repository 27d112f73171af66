import { html, relativePath } from './html.ts';
import type { ReportInput } from './input.ts';
import { pageOf, type Shell } from './page-shell.ts';
import { askedSection, glance, playbookName } from './sections/asked.ts';
import { decodedSection } from './sections/decoded.ts';
import { findingsSection, suppressedSection } from './sections/findings.ts';
import { indicatorsSection } from './sections/indicators.ts';
import { methodSection } from './sections/method.ts';
import { countText, type Section } from './sections/parts.ts';
import { picturesSection } from './sections/pictures.ts';
import { incompleteBanner, problemsSection } from './sections/problems.ts';
import { tablesSection } from './sections/tables.ts';

/** In the order in which an analyst reads. */
const SECTIONS: readonly ((input: ReportInput) => Section | null)[] = [
  askedSection,
  findingsSection,
  decodedSection,
  indicatorsSection,
  picturesSection,
  tablesSection,
  problemsSection,
  suppressedSection,
  methodSection,
];

const SHELL: Shell = { styles: ['report.css'], script: 'report.js', allows: ['img-src data:'] };

/** The whole report as one self-contained page. */
export function reportPage(input: ReportInput): string {
  const sections = SECTIONS.map((make) => make(input)).filter((section) => section !== null);
  const body = html`
<a class="skip" href="${relativePath('#main')}">Skip to the report</a>
<header class="top">
<div><p class="brand">Trailhound <span>investigation report</span></p>
<h1>${playbookName(input.playbook)}</h1>
${input.description && html`<p class="lead">${input.description}</p>`}</div>
<div class="tools"><input type="search" id="filter" placeholder="Filter (/)" aria-label="Filter findings, texts, indicators and tables" autocomplete="off" spellcheck="false"><button type="button" id="theme" title="Light, dark or the system's colours (t)">Theme</button></div>
</header>
${incompleteBanner(input)}
${glance(input)}
<div class="columns">
<nav aria-label="Contents"><ul>${sections.map(
    ({ id, title, count }) =>
      html`<li><a href="${relativePath(`#${id}`)}">${title}${count !== undefined && html` <span>${countText(count)}</span>`}</a></li>`,
  )}</ul><p class="keys"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> next, previous finding <kbd>e</kbd> unfold <kbd>t</kbd> theme</p></nav>
<main id="main">${sections.map(
    ({ id, title, count, body }) => html`
<section id="${id}"><h2>${title}${count !== undefined && html` <span>${countText(count)}</span>`}</h2>${body}
</section>`,
  )}
<p class="none" id="nothing" hidden>Nothing on this page matches the filter.</p>
</main>
</div>`;
  return pageOf(SHELL, `${playbookName(input.playbook)}: investigation report`, body);
}

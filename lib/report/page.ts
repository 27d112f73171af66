import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { PAGE_CODE_FONT, PAGE_TEXT_FONT, THEMES, type Theme } from '../visuals/theme.ts';
import { html, ownElement, relativePath } from './html.ts';
import type { ReportInput } from './input.ts';
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

interface Assets {
  readonly style: string;
  readonly script: string;
  readonly policy: string;
}

let assets: Assets | undefined;

/** Our own style and script, and the policy that lets these two run and nothing else. */
function pageAssets(): Assets {
  if (assets) return assets;
  const read = (file: string) => readFileSync(join(packageRoot(), 'content', 'report', file), 'utf8');
  const style = `${themeVariables()}\n${read('report.css')}`;
  const script = read('report.js');
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  assets = { style, script, policy };
  return assets;
}

/** The colours of the pictures, as variables of the page: dark by the reader's system unless the page is told. */
function themeVariables(): string {
  const { light, dark } = THEMES;
  const variables = ({ name, categories: _categories, ramp: _ramp, ...colours }: Theme) =>
    [`color-scheme:${name}`, ...Object.entries(colours).map(([role, colour]) => `--${role}:${colour}`)].join(';');
  return [
    `:root{--text-font:${PAGE_TEXT_FONT};--code-font:${PAGE_CODE_FONT};${variables(light)}}`,
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables(dark)}}}`,
    `@media screen{:root[data-theme=dark]{${variables(dark)}}}`,
  ].join('\n');
}

/** The whole report as one self-contained page. */
export function reportPage(input: ReportInput): string {
  const sections = SECTIONS.map((make) => make(input)).filter((section) => section !== null);
  const { style, script, policy } = pageAssets();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${playbookName(input.playbook)}: investigation report</title>
${ownElement('style', style)}
</head>
<body>
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
</div>
${ownElement('script', script)}
</body>
</html>
`;
  return page.markup;
}

import { html } from './html.ts';
import { pageOf, type Shell } from './page-shell.ts';

const SHELL: Shell = { styles: ['report.css', 'home.css'], script: 'home.js', allows: ["connect-src 'self'"] };

/** The page of a running app: start an investigation, follow those that go on, open their reports. */
export function homePage(): string {
  const body = html`
<header class="top">
<div><p class="brand">Trailhound</p><h1>Investigations</h1></div>
<div class="tools"><button type="button" id="theme" title="Light, dark or the system's colours">Theme</button></div>
</header>
<form id="start" autocomplete="off">
<div class="field"><label for="playbook">Playbook</label><select id="playbook"></select></div>
<div id="inputs"></div>
<div class="field"><label for="from">From</label><input id="from" placeholder="all that there is"></div>
<div class="field"><label for="to">To</label><input id="to" placeholder="2026-03-04T05:00:00Z"></div>
<button type="submit" class="primary">Investigate</button>
</form>
<p class="note" id="about"></p>
<p class="banner" id="problem" role="alert" hidden></p>
<div class="scroll"><table class="data" id="list"><thead><tr><th>Status</th><th>Playbook</th><th>Started</th><th>By</th><th>Progress</th><th>Id</th><th></th></tr></thead><tbody></tbody></table></div>
<p class="none" id="nothing" hidden>No investigation yet.</p>
<noscript><p class="none">This page needs its script; the HTTP API does not.</p></noscript>`;
  return pageOf(SHELL, 'Trailhound', body);
}

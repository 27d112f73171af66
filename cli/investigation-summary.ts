import { pathToFileURL } from 'node:url';
import type { InvestigationDocument } from '../lib/investigation/document.ts';
import { safeText } from '../lib/visuals/safe-text.ts';
import { styled } from './terminal.ts';

const FINDINGS_SHOWN = 10;
const STYLES = { critical: 'red', high: 'red', medium: 'yellow', low: 'cyan', informational: 'dim' } as const;

/** What an investigation came to, on a screen: findings first, then what is missing, then where everything lies. */
export function investigationSummary(document: InvestigationDocument, colour: boolean): string {
  const { playbook, id, status, durationInMs, findings, verdicts, tables, steps, warnings, report, error } = document;
  const seconds = (durationInMs / 1000).toFixed(1);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const lines = [
    `${styled('bold', playbook, colour)} ${styled(status === 'completed' ? 'green' : 'red', status, colour)} in ${seconds} s  ${styled('dim', id, colour)}`,
  ];
  if (error) lines.push(styled('red', `${error.code}: ${safeText(error.message, 500)}`, colour));
  lines.push('', `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`);
  for (const { rank, score, severity, title, evidence } of findings.slice(0, FINDINGS_SHOWN)) {
    lines.push(
      `${String(rank).padStart(3)}. ${styled(STYLES[severity], `${severity} ${Math.round(score)}`, colour)}  ${safeText(title, 110)}`,
    );
    const excerpt = evidence[0]?.excerpt;
    if (excerpt) lines.push(`     ${styled('dim', safeText(excerpt, 110), colour)}`);
  }
  if (findings.length > FINDINGS_SHOWN) lines.push(`     … and ${findings.length - FINDINGS_SHOWN} more`);
  const bad = verdicts.filter(({ verdict }) => verdict === 'malicious');
  if (bad.length > 0) {
    lines.push(
      '',
      `malicious: ${bad
        .slice(0, 8)
        .map(({ value }) => safeText(value, 60))
        .join(', ')}`,
    );
  }
  const incomplete = steps.filter((step) => step.status !== 'succeeded' || step.partial);
  if (incomplete.length > 0) lines.push('', 'not the whole picture:');
  for (const { name, status: state, partial, error: problem } of incomplete) {
    const text = problem ? `: ${safeText(problem.message, 200)}` : '';
    lines.push(`  ${name} ${partial && state === 'succeeded' ? 'partial' : state}${text}`);
  }
  if (warnings.length > 0) {
    lines.push('', `${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}, listed in the report`);
  }
  lines.push('', `${tables.length} tables with ${rows} rows`);
  if (report) {
    lines.push(`report   ${report.html}`, `address  ${styled('underline', pathToFileURL(report.html).href, colour)}`);
  }
  return `${lines.join('\n')}\n`;
}

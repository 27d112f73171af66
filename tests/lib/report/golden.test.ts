import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../lib/paths.ts';
import { gatherReport, renderReport } from '../../../lib/report/index.ts';
import { samplePng, sampleReaders, sampleSubject } from './sample.ts';

const FOLDER = join(packageRoot(), 'tests', 'golden', 'report');

/** Compares with the committed file; `TRAILHOUND_UPDATE_GOLDEN=1` writes it anew, to be looked at before it is committed. */
function expectGolden(name: string, text: string): void {
  const file = join(FOLDER, name);
  if (process.env['TRAILHOUND_UPDATE_GOLDEN']) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('the sample report', () => {
  it('is what it was, in all three forms', async () => {
    const { html, markdown, json } = renderReport(
      await gatherReport(sampleSubject(), sampleReaders(await samplePng())),
    );
    expectGolden('report.md', markdown);
    expectGolden('report.json', json);
    // Style, script and policy have their own tests, and the method quotes the verbs' summaries: the rest is the content.
    const content = html.slice(html.indexOf('<body>'), html.indexOf('<section id="method">'));
    expectGolden('report.html', content);
  });
});

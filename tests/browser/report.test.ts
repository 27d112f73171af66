import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatherReport, renderReport } from '../../lib/report/index.ts';
import { samplePng, sampleReaders, sampleSubject } from '../lib/report/sample.ts';
import { launchChromium, openPage } from './chromium.ts';

describe('the report in a browser', () => {
  let browser: Browser;
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailhound-report-'));
    path = join(folder, 'report.html');
    const hostile = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>';
    const subject = { ...sampleSubject(), description: hostile, inputs: { host: hostile } };
    const input = await gatherReport(subject, sampleReaders(await samplePng()));
    await writeFile(path, renderReport(input).html);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const visible = (page: Page, selector: string) =>
    page.$$eval(selector, (elements) => elements.filter((element) => element.getClientRects().length > 0).length);

  it('breaks no policy, asks for nothing, runs nothing of the data', async () => {
    for (const dark of [false, true]) {
      const { page, problems } = await openPage(browser, path, { dark });
      expect(problems).toEqual([]);
      expect(await visible(page, 'img')).toBe(1);
      expect(await page.$eval('.lead', (lead) => lead.textContent)).toContain('<script>alert(2)</script>');
      const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe(dark ? 'rgb(17, 24, 31)' : 'rgb(255, 255, 255)');
      await page.close();
    }
  });

  it('filters, walks, unfolds, sorts and changes its theme from the keyboard', async () => {
    const { page, problems } = await openPage(browser, path);
    await page.keyboard.press('/');
    await page.keyboard.type('lsass rundll32');
    expect(await visible(page, '.finding')).toBe(1);
    await page.keyboard.press('Escape');
    expect(await visible(page, '.finding')).toBe(3);

    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.id')).toBe('finding-2');

    await page.keyboard.press('e');
    expect(await page.$$eval('details', (all) => all.every((details) => details.open))).toBe(true);

    // What is judged comes first; the rest is in a fold, open by now.
    const types = (table: string) =>
      page.$$eval(`${table} tbody td:nth-child(3)`, (cells) => cells.map((cell) => cell.textContent ?? ''));
    expect(await types('#indicators > .scroll')).toEqual(['ipv4']);
    const before = await types('#indicators .fold');
    await page.focus('#indicators .fold th:nth-child(3)');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    const descending = [...before].sort().reverse();
    expect(before).not.toEqual(descending);
    expect(await types('#indicators .fold')).toEqual(descending);

    await page.keyboard.press('t');
    await page.keyboard.press('t');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('unfolds a table that evidence points to', async () => {
    const { page } = await openPage(browser, path);
    await page.click('.evidence a');
    await page.waitForFunction('document.querySelector("#table-1").open');
    await page.close();
  });
});

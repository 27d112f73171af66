import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenHost, openHost } from '../../cli/open-host.ts';
import { launchChromium } from './chromium.ts';

describe('the page of a running app', () => {
  let browser: Browser;
  let folder: string;
  let host: OpenHost;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailhound-page-'));
    const row = { TimeGenerated: '2026-03-04T05:00:00Z', Computer: 'ws-17.contoso.example', CommandLine: 'whoami' };
    const data = join(folder, 'Processes_CL.jsonl');
    await writeFile(data, `${JSON.stringify(row)}\n`);
    host = await openHost({
      folder: join(folder, 'state'),
      dataPaths: [data],
      port: 0,
      hunts: false,
      log: () => undefined,
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('starts an investigation, follows it, and leads to its report, without breaking its policy', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`${host.address}/api/page`);
    await page.waitForSelector('body[data-ready]');
    await page.select('#playbook', 'encoded-commands');
    await page.click('#start .primary');
    await page.waitForSelector('.badge.completed, .badge.failed', { timeout: 20_000 });
    expect(await page.$eval('#list tbody', (body) => body.textContent)).toContain('encoded-commands');
    expect(problems).toEqual([]);
  });

  it('shows what the API refuses', async () => {
    const page = await browser.newPage();
    await page.goto(`${host.address}/api/page`);
    await page.waitForSelector('body[data-ready]');
    await page.type('#from', 'yesterday');
    await page.click('#start .primary');
    await page.waitForSelector('#problem:not([hidden])');
    expect(await page.$eval('#problem', (problem) => problem.textContent)).toContain('is not an ISO 8601 datetime');
  });
});

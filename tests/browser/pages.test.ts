import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceOf, type Table } from '../../lib/tables/index.ts';
import { verbs } from '../../lib/verbs/registry.ts';
import { alerts, events, hostile, logons, processes, series, signIns } from '../lib/visuals/sample-tables.ts';
import { launchChromium, openPage } from './chromium.ts';

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-pages-'));
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;

async function open(verb: string, table: Table, options: Record<string, unknown> = {}, view: { dark?: boolean } = {}) {
  const found = verbs.get(verb)!;
  const { artifacts } = await found.run(
    [sourceOf(table, 'sample')],
    found.parameters.parse({ ...options, formats: ['html'] }),
    { signal: new AbortController().signal, nowInMs: 0 },
  );
  const path = join(folder, `page-${made++}.html`);
  await writeFile(path, String(artifacts![0]!.content));
  return openPage(browser, path, view);
}

/** The vega view of a page: its signals and data, read in the page. */
const xDomain = (page: Page): Promise<number[]> =>
  page.evaluate('trailhoundView().signal("xDomain").map(Number)') as Promise<number[]>;
const rowsOf = (page: Page, data: string): Promise<number> =>
  page.evaluate(`trailhoundView().data("${data}").length`) as Promise<number>;
const settle = (page: Page) => page.evaluate('new Promise((done) => setTimeout(done, 120))');
const chartBox = (page: Page) =>
  page.$eval(
    '.chart',
    (element) => element.getBoundingClientRect().toJSON() as { x: number; y: number; width: number; height: number },
  );

/** Where the mark of a row is on the screen. */
function markPosition(page: Page, data: string, row: number): Promise<{ x: number; y: number }> {
  return page.evaluate(`(() => {
    const view = trailhoundView();
    const wanted = view.data(${JSON.stringify(data)})[${row}];
    const walk = (mark, x, y) => {
      for (const item of mark.items) {
        const isGroup = mark.marktype === 'group';
        if (item.datum === wanted && mark.interactive !== false) {
          return { x: x + (item.bounds.x1 + item.bounds.x2) / 2, y: y + (item.bounds.y1 + item.bounds.y2) / 2 };
        }
        for (const child of isGroup ? item.items : []) {
          const found = walk(child, x + (item.x ?? 0), y + (item.y ?? 0));
          if (found) return found;
        }
      }
    };
    const { x, y } = walk(view.scenegraph().root, 0, 0);
    const box = document.querySelector('.chart').getBoundingClientRect();
    const { left, top } = view.padding();
    return { x: box.x + left + x, y: box.y + top + y };
  })()`) as Promise<{ x: number; y: number }>;
}

describe('timeline page', () => {
  it('zooms, pans, brushes and resets, by pointer and by keys', async () => {
    const { page, problems } = await open('draw.timeline', events(8000), { groupBy: 'Activity' });
    const whole = await xDomain(page);
    const box = await chartBox(page);
    const [x, y] = [box.x + box.width / 2, box.y + 130];
    const cells = await rowsOf(page, 'cells');

    await page.mouse.move(x, y);
    for (let turn = 0; turn < 8; turn++) await page.mouse.wheel({ deltaY: -300 });
    await settle(page);
    const zoomed = await xDomain(page);
    expect(zoomed[1]! - zoomed[0]!).toBeLessThan((whole[1]! - whole[0]!) / 10);
    expect(await rowsOf(page, 'cells')).not.toBe(cells);
    expect(await page.$eval('.status', (element) => element.textContent)).toMatch(/^Shown: 2026-.*One cell = /);

    await page.mouse.down();
    await page.mouse.move(x + 200, y, { steps: 5 });
    await page.mouse.up();
    await settle(page);
    const panned = await xDomain(page);
    expect(panned[0]).toBeLessThan(zoomed[0]!);
    expect(panned[1]! - panned[0]!).toBeCloseTo(zoomed[1]! - zoomed[0]!, -2);

    await page.mouse.click(x, y, { count: 2 });
    await settle(page);
    expect(await xDomain(page)).toEqual(whole);

    await page.focus('.chart');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    await settle(page);
    expect((await xDomain(page))[0]).toBeGreaterThan(whole[0]!);
    await page.keyboard.press('0');
    await settle(page);

    const strip = box.y + box.height - 66;
    await page.mouse.move(box.x + box.width * 0.4, strip);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, strip, { steps: 4 });
    await page.mouse.up();
    await settle(page);
    const brushed = await xDomain(page);
    expect(brushed[1]! - brushed[0]!).toBeLessThan((whole[1]! - whole[0]!) / 5);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows a tooltip, keeps what was clicked, changes its theme and fits its width', async () => {
    const { page, problems } = await open('draw.timeline', events(200), { groupBy: 'Activity' });
    const at = await markPosition(page, 'singles', 3);
    await page.mouse.move(at.x, at.y);
    await page.waitForSelector('#tip.on');
    const tip = await page.$eval('#tip', (element) => element.textContent);
    expect(tip).toContain('Time2026-11-');
    expect(tip).toContain('CommandLinecmd.exe /c task');
    await page.mouse.click(at.x, at.y);
    expect(await page.$eval('aside.detail', (element) => element.textContent)).toContain('cmd.exe /c task');

    expect(await page.$eval(':root', (root) => root.dataset['theme'])).toBe('light');
    await page.keyboard.press('t');
    expect(await page.$eval(':root', (root) => root.dataset['theme'])).toBe('dark');
    const width = await page.evaluate('trailhoundView().width()');
    await page.setViewport({ width: 900, height: 800 });
    await settle(page);
    expect(await page.evaluate('trailhoundView().width()')).toBeLessThan(width as number);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('process tree page', () => {
  const lines = (page: Page) => page.$$eval('.tree .row', (rows) => rows.map((row) => row.textContent ?? ''));

  it('folds all but flagged paths, unfolds, searches and moves by keys', async () => {
    const { page, problems } = await open('draw.process-tree', processes(400), { table: true });
    const folded = await lines(page);
    expect(folded.join('\n')).toContain('powershell.exe');
    expect(folded.join('\n')).toMatch(/\d+ more children/);
    expect(folded.length).toBeLessThan(20);

    await page.focus('.tree .rows');
    await page.keyboard.press('a');
    expect(await page.evaluate('trailhoundTree.model.lines.length')).toBe(407);
    await page.keyboard.press('f');
    expect(await page.evaluate('trailhoundTree.model.lines.length')).toBe(folded.length);

    await page.type('input[type=search]', 'task399');
    await page.waitForFunction('document.querySelector(".status").textContent.includes("1 of 1")');
    expect((await lines(page)).join('\n')).toContain('-k task399');
    expect(await page.$eval('aside.detail', (element) => element.textContent)).toContain('-k task399');
    expect(await page.$eval('.linked .line.selected', (element) => element.textContent)).toContain('task399');

    await page.focus('.tree .rows');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate('trailhoundTree.model.lines.length')).toBe(1);
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('trailhoundTree.model.lines.length')).toBeGreaterThan(1);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('takes 10,000 rows', async () => {
    const { page, problems } = await open('draw.process-tree', processes(10_000));
    await page.focus('.tree .rows');
    await page.keyboard.press('a');
    await page.keyboard.press('End');
    expect(await page.evaluate('trailhoundTree.model.lines.length')).toBe(10_007);
    expect((await lines(page)).length).toBeLessThan(60);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('map, graph and matrix pages', () => {
  it('zoom in both directions; the map parts its clusters and hides layers', async () => {
    const { page, problems } = await open('draw.map', signIns(400), { colourBy: 'AppDisplayName' });
    const joined = await rowsOf(page, 'places');
    const box = await chartBox(page);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let turn = 0; turn < 6; turn++) await page.mouse.wheel({ deltaY: -400 });
    await settle(page);
    expect(await rowsOf(page, 'places')).toBeGreaterThan(joined);
    await page.click('button[aria-pressed="true"]');
    await settle(page);
    expect(await page.evaluate('new Set(trailhoundView().data("places").map((row) => row.g)).size')).toBe(1);
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each([
    ['draw.graph', alerts()],
    ['draw.matrix', logons(800)],
  ] as const)('%s zooms by keys and comes back', async (verb, table) => {
    const { page, problems } = await open(verb, table, {}, { dark: true });
    const whole = await xDomain(page);
    await page.focus('.chart');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowDown');
    await settle(page);
    expect((await xDomain(page))[1]! - (await xDomain(page))[0]!).toBeLessThan(whole[1]! - whole[0]!);
    await page.keyboard.press('0');
    await settle(page);
    expect(await xDomain(page)).toEqual(whole);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('what-if page', () => {
  it('moves with its slider', async () => {
    const { page, problems } = await open('draw.what-if', events(300), {
      x: 'Activity',
      thresholdColumn: 'Bytes',
      thresholds: [0, 50_000],
    });
    const before = await page.$eval('output', (element) => element.textContent);
    await page.focus('input[type=range]');
    await page.keyboard.press('ArrowRight');
    await settle(page);
    expect(await page.$eval('output', (element) => element.textContent)).not.toBe(before);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('table page', () => {
  it('filters, sorts, searches, chooses columns and unfolds JSON', async () => {
    const { page, problems } = await open('browse.table', alerts());
    const status = () => page.$eval('.bar .status', (element) => element.textContent);
    await page.select('select[aria-label=Column]', '2');
    await page.select('select[aria-label=Operator]', 'in');
    await page.type('input[aria-label=Value]', 'high,low');
    await page.keyboard.press('Enter');
    expect(await status()).toBe('2 of 3 rows');
    await page.click('.chip button');
    expect(await status()).toBe('3 rows');

    await page.click('.grid .head .cell:nth-child(4)');
    expect(await page.$eval('.grid .line .cell:nth-child(4)', (element) => element.textContent)).toBe('High');
    await page.click('.grid .head .cell:nth-child(4)');
    expect(await page.$eval('.grid .line .cell:nth-child(4)', (element) => element.textContent)).toBe('Medium');

    await page.type('input[type=search]', 'never seen');
    await page.waitForFunction('document.querySelector(".bar .status").textContent === "1 of 3 rows"');
    await page.click('.grid .line');
    expect(await page.$eval('.pane', (element) => element.textContent)).toContain('ws-17');
    expect(await page.$$eval('.json details', (all) => all.length)).toBeGreaterThan(3);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('opens with 100,000 rows', async () => {
    const { page, problems } = await open('browse.table', events(100_000));
    expect(await page.$eval('.bar .status', (element) => element.textContent)).toBe('100,000 rows');
    await page.focus('.grid');
    await page.keyboard.press('End');
    expect(await page.$eval('.line.selected .index', (element) => element.textContent)).toBe('99,999');
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('alerts page', () => {
  it('selects by list and by timeline, and shows entities', async () => {
    const { page, problems } = await open('browse.alerts', alerts());
    expect(await page.$$eval('.item .title', (all) => all.map((each) => each.textContent))).toEqual([
      'Encoded PowerShell',
      'Rare sign-in',
      'Rare sign-in',
    ]);
    const at = await markPosition(page, 'singles', 2);
    await page.mouse.click(at.x, at.y);
    expect(await page.$eval('.pane', (element) => element.textContent)).toContain('Another place');
    await page.click('.item');
    expect(await page.$eval('.pane', (element) => element.textContent)).toMatch(/SecurityEvent \| take 1[\s\S]*jdoe/);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('hostile tables', () => {
  const names = [...verbs.keys()].filter((name) => /^(draw|browse)\./.test(name));
  it.each(names)('do nothing in the page of %s', async (verb) => {
    const { page, problems } = await open(verb, hostile(60), { title: '</title><script>alert(1)</script>' });
    expect(await page.$$eval('img, svg, iframe, object, embed, a[href], script[src]', (all) => all.length)).toBe(0);
    const box = await page.$eval(
      'main',
      (element) => element.getBoundingClientRect().toJSON() as { x: number; y: number },
    );
    for (let step = 1; step < 6; step++) await page.mouse.move(box.x + step * 150, box.y + step * 40);
    await page.mouse.click(box.x + 300, box.y + 120);
    expect(await page.evaluate('Object.hasOwn(Object.prototype, "polluted")')).toBe(false);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('series of numbers too', async () => {
    const { page, problems } = await open('draw.time-series', series(), {}, { dark: true });
    expect(await rowsOf(page, 'series0')).toBe(240);
    expect(problems).toEqual([]);
    await page.close();
  });
});

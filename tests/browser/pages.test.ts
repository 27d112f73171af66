import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceOf, type Table, tableFromRows } from '../../lib/tables/index.ts';
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

async function open(
  verb: string,
  table: Table,
  options: Record<string, unknown> = {},
  view: { dark?: boolean; width?: number; height?: number } = {},
) {
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

const FLUID = [
  ['draw.map', signIns(400), { colourBy: 'AppDisplayName' }],
  ['draw.graph', alerts(), {}],
  ['draw.matrix', logons(2000), {}],
  ['draw.timeline', events(300), { groupBy: ['Activity', 'Computer'] }],
  ['draw.timeline-duration', events(80), { groupBy: ['Activity', 'Computer'], maxGroups: 8 }],
  ['draw.what-if', events(300), { x: 'Activity', thresholdColumn: 'Bytes' }],
] as const;

describe('pages in narrow and wide windows', () => {
  /** px by which something is wider than the window or the chart. */
  const tooWide = (page: Page): Promise<number> =>
    page.evaluate(`Math.max(...[document.documentElement, document.querySelector('.chart')]
      .map((element) => element.scrollWidth - element.clientWidth))`) as Promise<number>;
  const plotWidth = (page: Page) => page.evaluate('trailhoundView().width()') as Promise<number>;

  it.each(FLUID)('%s fits, and is laid out anew when the window changes', async (verb, table, options) => {
    const { page, problems } = await open(verb, table, options, { width: 360, height: 800, dark: true });
    const narrow = await plotWidth(page);
    expect(await tooWide(page)).toBeLessThanOrEqual(0);
    for (const width of [900, 2560, 420]) {
      await page.setViewport({ width, height: 1000 });
      await settle(page);
      expect(await tooWide(page), `${width} px`).toBeLessThanOrEqual(0);
      const plot = await plotWidth(page);
      expect(plot, `${width} px`).toBeGreaterThan(width === 420 ? narrow : width * 0.3);
      expect(plot).toBeLessThan(width);
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each([
    ['browse.table', alerts()],
    ['browse.findings', hostile(30)],
    ['draw.process-tree', processes(100)],
  ] as const)('%s fits too', async (verb, table) => {
    const { page, problems } = await open(verb, table, {}, { width: 360, height: 800 });
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('labels of a graph appear where zooming in makes room', async () => {
    const table = logons(700);
    const options = { sourceColumn: 'Computer', targetColumn: 'Account' };
    const { page } = await open('draw.graph', table, options, { width: 500, height: 700 });
    const inSight = () =>
      page.evaluate(`(() => {
        const [[left, right], [top, bottom]] = [trailhoundView().signal('xDomain'), trailhoundView().signal('yDomain')];
        const nodes = trailhoundView().data('nodes').filter(({ x, y }) => x > left && x < right && y > top && y < bottom);
        return nodes.filter(({ l }) => l).length / nodes.length;
      })()`) as Promise<number>;
    const before = await inSight();
    expect(before).toBeLessThan(0.8);
    await page.focus('.chart');
    for (let press = 0; press < 6; press++) await page.keyboard.press('+');
    await page.waitForFunction(`trailhoundView().data('nodes').some(({ l }) => l)`);
    await settle(page);
    await settle(page);
    expect(await inSight()).toBeGreaterThan(before);
    await page.close();
  });
});

describe('marks by keys', () => {
  it('are stepped through and keep their details', async () => {
    const { page, problems } = await open('draw.timeline', events(40), { groupBy: 'Activity' });
    const detail = () => page.$eval('aside.detail', (element) => element.textContent ?? '');
    await page.focus('.chart');
    await page.keyboard.press('n');
    const first = await detail();
    expect(first).toContain('CommandLine');
    expect(await page.$eval('#tip', (tip) => tip.className)).toBe('on');
    await page.keyboard.press('n');
    const second = await detail();
    expect(second).not.toBe(first);
    await page.keyboard.press('p');
    expect(await detail()).toBe(first);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('map, graph and matrix pages', () => {
  it('a map shows more columns of a mark that is clicked, and its shapes in the legend', async () => {
    const { page, problems } = await open('draw.map', signIns(200), {
      colourBy: 'AppDisplayName',
      iconBy: 'AppDisplayName',
      tooltipColumns: ['AppDisplayName'],
      popupColumns: ['UserPrincipalName'],
    });
    const at = await markPosition(page, 'places', 0);
    await page.mouse.move(at.x, at.y);
    await page.waitForSelector('#tip.on');
    expect(await page.$eval('#tip', (tip) => tip.textContent)).not.toContain('UserPrincipalName');
    await page.mouse.click(at.x, at.y);
    expect(await page.$eval('aside.detail', (pane) => pane.textContent)).toMatch(/UserPrincipalName.*@contoso\.com/);
    expect(await page.$$eval('.legend button.key', (all) => all.length)).toBe(2);
    expect(await page.$$eval('.legend canvas', (all) => all.length)).toBe(4);
    expect(problems).toEqual([]);
    await page.close();
  });

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

  it('zooms, pans and comes back, by wheel, drag and keys, and keeps the range from case to case', async () => {
    const { page, problems } = await open('draw.what-if', events(300), {
      x: 'Activity',
      thresholdColumn: 'Bytes',
      thresholds: [0, 50_000],
    });
    const whole = await xDomain(page);
    const span = ([low, high]: number[]) => high! - low!;
    const box = await chartBox(page);
    const [x, y] = [box.x + box.width / 2, box.y + 60];
    await page.mouse.move(x, y);
    await page.mouse.wheel({ deltaY: -600 });
    await settle(page);
    const zoomed = await xDomain(page);
    expect(span(zoomed)).toBeLessThan(span(whole) * 0.6);
    expect(await page.$eval('.chart + .status', (status) => status.textContent)).toMatch(/^Shown: [\d.]+ to [\d.]+/);
    await page.mouse.down();
    await page.mouse.move(x - 120, y, { steps: 4 });
    await page.mouse.up();
    await settle(page);
    const panned = await xDomain(page);
    expect(panned[0]).toBeGreaterThan(zoomed[0]!);
    expect(span(panned)).toBeCloseTo(span(zoomed), 5);

    const sliderAt = () => page.evaluate('document.querySelector("input[type=range]").value');
    await page.focus('.chart');
    await page.keyboard.press('ArrowLeft');
    await settle(page);
    expect((await xDomain(page))[0]).toBeLessThan(panned[0]!);
    expect(await sliderAt()).toBe('0');
    const seen = await xDomain(page);
    await page.focus('input[type=range]');
    await page.keyboard.press('ArrowRight');
    await settle(page);
    expect(await sliderAt()).toBe('1');
    expect(await xDomain(page)).toEqual(seen);
    await page.focus('.chart');
    await page.keyboard.press('0');
    await settle(page);
    expect(await xDomain(page)).toEqual(whole);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('does not play by itself for those who asked for less motion', async () => {
    const { page } = await open('draw.what-if', events(60), { x: 'Activity', thresholdColumn: 'Bytes' });
    const buttons = () => page.$$eval('.slider button', (all) => all.map(({ textContent }) => textContent));
    expect(await buttons()).toEqual(['Play']);
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
    await page.reload();
    await page.waitForSelector('body[data-ready]');
    expect(await buttons()).toEqual([]);
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

  it('shows event ids with their names, and filters them as numbers', async () => {
    const table = tableFromRows(
      [
        { name: 'EventID', type: 'int' },
        { name: 'Channel', type: 'string' },
      ],
      [
        [4688, 'Security'],
        [4624, 'Security'],
        [9999, 'Security'],
      ],
    );
    const { page } = await open('browse.table', table);
    const cells = () => page.$$eval('.grid .line .cell:nth-child(2)', (all) => all.map((cell) => cell.textContent));
    expect(await cells()).toEqual(['4688 Process created', '4624 Logon', '9999']);
    await page.select('select[aria-label=Operator]', 'greater than');
    await page.type('input[aria-label=Value]', '4650');
    await page.keyboard.press('Enter');
    expect(await cells()).toEqual(['4688 Process created', '9999']);
    await page.close();
  });

  it('prints its rows, not the window’s, and in light colours', async () => {
    const { page } = await open('browse.table', events(3000), {}, { dark: true });
    const lines = () => page.$$eval('.grid .line', (all) => all.length);
    expect(await lines()).toBeLessThan(100);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await lines()).toBe(2000);
    expect(await page.$eval('.grid .nothing', (element) => element.textContent)).toBe(
      '1,000 more rows are not printed.',
    );
    expect(await page.$eval(':root', (root) => root.dataset['theme'])).toBe('light');
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await lines()).toBeLessThan(100);
    expect(await page.$eval(':root', (root) => root.dataset['theme'])).toBe('dark');
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
    expect(await page.evaluate('scrollY')).toBe(0);
    await page.click('.item');
    expect(await page.$eval('.pane', (element) => element.textContent)).toMatch(/SecurityEvent \| take 1[\s\S]*jdoe/);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe('tables without rows', () => {
  const names = [...verbs.keys()].filter((name) => /^(draw|browse)\./.test(name));
  it.each(names)('are said to be so by %s', async (verb) => {
    const options = verb === 'draw.what-if' ? { thresholdColumn: 'Score' } : {};
    const { page, problems } = await open(verb, hostile(0), options);
    const chart = await page.$('.chart canvas');
    const text = await page.$eval('main', (main) => main.textContent);
    if (chart) expect(await page.evaluate('trailhoundView().height()')).toBe(72);
    else expect(text).toContain('Nothing to show.');
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

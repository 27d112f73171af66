import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { packageRoot } from '../../lib/paths.ts';

const decompress = promisify(brotliDecompress);

/** Unpacks the regular files of a tar archive. */
async function unpackTar(archive: Buffer, folder: string): Promise<void> {
  for (let at = 0; at + 512 <= archive.length; ) {
    const field = (from: number, length: number) =>
      archive
        .toString('utf8', at + from, at + from + length)
        .replace(/\0.*$/s, '')
        .trim();
    const name = field(0, 100);
    if (!name) return;
    const size = Number.parseInt(field(124, 12), 8) || 0;
    const path = join(folder, join('/', field(345, 155), name));
    if (field(156, 1) === '0' || field(156, 1) === '') {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, archive.subarray(at + 512, at + 512 + size));
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Unpacks the browser, and the system libraries and fonts that its package brings, once for all test runs. */
async function unpackChromium(): Promise<{ executable: string; libraries: string; fonts: string }> {
  const require = createRequire(join(packageRoot(), 'package.json'));
  const bin = join(require.resolve('@sparticuz/chromium'), '..', '..', '..', 'bin');
  const { version } = JSON.parse(await readFile(join(bin, '..', 'package.json'), 'utf8')) as { version: string };
  const folder = join(packageRoot(), 'node_modules', '.cache', `trailhound-chromium-${version}`);
  if (!existsSync(folder)) {
    const scratch = `${folder}-${process.pid}`;
    await mkdir(scratch, { recursive: true });
    await Promise.all([
      readFile(join(bin, 'chromium.br'))
        .then((packed) => decompress(packed))
        .then((binary) => writeFile(join(scratch, 'chromium'), binary, { mode: 0o755 })),
      ...['al2023', 'fonts', 'swiftshader'].map(async (name) =>
        unpackTar(
          await decompress(await readFile(join(bin, `${name}.tar.br`))),
          name === 'swiftshader' ? scratch : join(scratch, name),
        ),
      ),
    ]);
    // The package's own file names folders of another system; without one that fits, a bare machine has no fonts.
    await writeFile(
      join(scratch, 'fonts.conf'),
      `<?xml version="1.0"?><fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>\n`,
    );
    await rename(scratch, folder).catch(async (error: unknown) => {
      await rm(scratch, { recursive: true });
      if (!existsSync(folder)) throw error;
    });
  }
  return {
    executable: join(folder, 'chromium'),
    libraries: join(folder, 'al2023', 'lib'),
    fonts: join(folder, 'fonts.conf'),
  };
}

/** A headless Chromium that needs no system package. */
export async function launchChromium(): Promise<Browser> {
  const { executable, libraries, fonts } = await unpackChromium();
  return puppeteer.launch({
    executablePath: executable,
    headless: 'shell',
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fonts, HOME: libraries },
    args: [
      '--no-sandbox',
      '--disable-setuid-sandbox',
      '--no-zygote',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--font-render-hinting=none',
    ],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** Violations of the page's policy, errors, dialogs and requests beyond the page itself. */
  readonly problems: string[];
}

/** Opens a page from a file and waits until its script has built it. */
export async function openPage(
  browser: Browser,
  path: string,
  options: { width?: number; height?: number; dark?: boolean } = {},
): Promise<OpenedPage> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${String(error)}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(path).href && !/^(data|blob):/.test(request.url()))
      problems.push(`request: ${request.url()}`);
  });
  await page.evaluateOnNewDocument(
    'addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.violatedDirective))',
  );
  await page.setViewport({ width: options.width ?? 1400, height: options.height ?? 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: options.dark ? 'dark' : 'light' }]);
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector('body[data-ready], body[data-error]', { timeout: 15_000 });
  const error = await page.$eval('body', (body) => body.dataset['error'] ?? '');
  if (error) problems.push(`error: ${error}`);
  return { page, problems };
}

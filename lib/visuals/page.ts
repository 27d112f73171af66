import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type ClientScript, clientFiles } from './client-files.ts';
import { escapeHtml, jsonForScript, safeText } from './safe-text.ts';

/** Payloads above this many characters are deflated: log data shrinks five to ten times. */
const PLAIN_CHARACTERS = 60_000;

/** Above this, the last percent of size is not worth its time. */
const LARGE_CHARACTERS = 4_000_000;

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

/** The policy of a page: its own scripts and style by hash, nothing else, no network. Also sent as a header. */
export function pagePolicy(scripts: readonly string[], style: string): string {
  return [
    `default-src 'none'`,
    `script-src ${scripts.map(sha256).join(' ')}`,
    `style-src ${sha256(style)}`,
    `img-src data: blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

function payloadElement(payload: unknown): string {
  const json = jsonForScript(payload);
  if (json.length <= PLAIN_CHARACTERS) return `<script type="application/json" id="payload">${json}</script>`;
  const packed = deflateSync(Buffer.from(json, 'utf8'), { level: json.length > LARGE_CHARACTERS ? 5 : 9 }).toString(
    'base64',
  );
  return `<script type="application/octet-stream" id="payload">${packed}</script>`;
}

/** What a page shows: its heading, and what its script builds from. */
export interface PageContent {
  readonly title: string;
  readonly notes: readonly string[];
  readonly script: ClientScript;
  readonly payload: unknown;
}

/**
 * A self-contained HTML page under a strict policy. Data reaches it as JSON alone (deflated if it is large), and its
 * script writes text by `textContent` alone. Same content, same bytes.
 */
export async function htmlPage({ title, notes, script, payload }: PageContent): Promise<string> {
  const { code, style } = await clientFiles(script);
  const heading = escapeHtml(safeText(title, 160));
  const lines = notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('');
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${pagePolicy([code], style)}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">',
    `<title>${heading}</title><style>${style}</style></head><body>`,
    `<header><div class="heading"><h1>${heading}</h1><div id="tools"></div></div><div class="notes">${lines}</div></header>`,
    '<main id="main"><noscript>This page needs scripts, which it carries itself.</noscript></main>',
    payloadElement(payload),
    `<script>${code}</script></body></html>\n`,
  ].join('');
}

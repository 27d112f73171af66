import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { PAGE_CODE_FONT, PAGE_TEXT_FONT, THEMES, type Theme } from '../visuals/theme.ts';
import { type Html, html, ownElement } from './html.ts';

/** What a page is made of beside its body: files of `content/report`, and what its policy allows beyond them. */
export interface Shell {
  readonly styles: readonly string[];
  readonly script: string;
  /** Directives beyond our own style and script, as `img-src data:`. */
  readonly allows: readonly string[];
}

interface Assets {
  readonly style: string;
  readonly script: string;
  readonly policy: string;
}

const assetsOf = new Map<Shell, Assets>();

/** Our own style and script, and the policy that lets these two run and nothing else. */
function readAssets(shell: Shell): Assets {
  const known = assetsOf.get(shell);
  if (known) return known;
  const read = (file: string) => readFileSync(join(packageRoot(), 'content', 'report', file), 'utf8');
  const style = [themeVariables(), ...shell.styles.map(read)].join('\n');
  const script = read(shell.script);
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    ...shell.allows,
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const assets = { style, script, policy };
  assetsOf.set(shell, assets);
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

/** A whole page: one file, nothing from elsewhere. */
export function pageOf(shell: Shell, title: string, body: Html): string {
  const { style, script, policy } = readAssets(shell);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${ownElement('style', style)}
</head>
<body>${body}
${ownElement('script', script)}
</body>
</html>
`.markup;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../lib/paths.ts';
import { cellText, page, table } from './markdown.ts';

/** The list of all pages, each with the first sentence of what it does. */
export function indexPage(): string {
  const folder = join(packageRoot(), 'docs');
  const pagesOf = (name: string) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.md') && file !== 'README.md')
      .sort()
      .map((file) => [join(name, file), readFileSync(join(folder, name, file), 'utf8')] as const);
  return page(
    'Documentation',
    table(
      ['Page', ''],
      pagesOf('').map(([file, text]) => [`[${titleOf(text)}](${file})`, cellText(firstSentence(text))]),
    ),
    '## Reference, generated',
    list(pagesOf('reference')),
    '## Decisions',
    list(pagesOf('adr')),
  );
}

const titleOf = (text: string) => /^# (.+)$/m.exec(text)?.[1] ?? '';

function firstSentence(text: string): string {
  const body = text.replace(/^# .*\s+/, '').replace(/^## What it does\s+/, '');
  // A page that begins with something else than prose has none.
  return /^[A-Z`][^|#]*?\.(?=\s|$)/.exec(body)?.[0] ?? '';
}

function list(pages: readonly (readonly [string, string])[]): string {
  return pages.map(([file, text]) => `- [${titleOf(text)}](${file})`).join('\n');
}

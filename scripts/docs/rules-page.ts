import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../../lib/paths.ts';
import { cellText, page, table } from './markdown.ts';

interface RuleText {
  readonly title?: string;
  readonly level?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
}

/** The detection rules that come with the app, by the folder (tactic) that they lie in. */
export function rulesPage(): string {
  const root = join(packageRoot(), 'content', 'rules');
  const tactics = readdirSync(root).sort();
  return page(
    'Detection rules',
    "Written in Sigma's YAML format, in `content/rules`. The verb [detect.sigma](verbs.md#detectsigma) runs them; `ruleFolders` in the [settings](settings.md) adds your own.",
    ...tactics.map(
      (tactic) => `## ${tactic}\n\n${table(['Rule', 'Level', 'Techniques', ''], rowsOf(join(root, tactic)))}`,
    ),
  );
}

function rowsOf(folder: string): string[][] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as RuleText)
    .filter(({ title }) => title)
    .map(({ title = '', level = '', description = '', tags = [] }) => [
      cellText(title),
      level,
      tags
        .filter((tag) => /^attack\.t\d/.test(tag))
        .map((tag) => tag.slice('attack.'.length).toUpperCase())
        .join(', '),
      cellText(description),
    ]);
}

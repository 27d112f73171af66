import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { IndicatorFile } from './indicator.ts';
import { IndicatorIndex } from './indicator-index.ts';
import { readIndicatorCsv } from './read-csv.ts';
import { readStixBundle } from './read-stix.ts';

/** Indicator files as one index, with what is wrong with them: a file or entry that cannot be read loses only itself. */
export async function loadIndicators(
  paths: readonly string[],
): Promise<{ index: IndicatorIndex; problems: readonly string[] }> {
  const files: IndicatorFile[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const name = basename(path);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      problems.push(`${name}: it cannot be read`);
      continue;
    }
    files.push(/\.json$/i.test(path) ? readStixBundle(text, name) : await readIndicatorCsv(text, name));
  }
  problems.push(...files.flatMap((file) => file.problems));
  return { index: new IndicatorIndex(files.flatMap((file) => file.indicators)), problems };
}

/** The indicator files in a folder, by name. */
export function indicatorFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(csv|json)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

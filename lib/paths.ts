import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string | undefined;

/** The folder of this package: where `content/` lies, whether the code runs from source or from `dist/`. */
export function packageRoot(): string {
  if (root) return root;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'content')) && existsSync(join(folder, 'package.json'))) {
      root = folder;
      return folder;
    }
    if (folder === dirname(folder)) throw new Error('the folder "content" of the package is missing');
  }
}

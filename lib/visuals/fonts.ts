import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../paths.ts';

interface FontFile {
  readonly family: string;
  readonly packageName: string;
  readonly file: string;
}

const INTER_FILES: readonly FontFile[] = [400, 500, 600].flatMap((weight) =>
  ['latin', 'latin-ext', 'cyrillic', 'greek'].map((subset) => ({
    family: 'Inter',
    packageName: '@fontsource/inter',
    file: `inter-${subset}-${weight}-normal.woff2`,
  })),
);

/** Every font that pictures use. The files called `latin` of DejaVu hold all its scripts. */
const FONT_FILES: readonly FontFile[] = [
  ...INTER_FILES,
  { family: 'DejaVu Sans', packageName: '@fontsource/dejavu-sans', file: 'dejavu-sans-latin-400-normal.woff2' },
  { family: 'DejaVu Mono', packageName: '@fontsource/dejavu-mono', file: 'dejavu-mono-latin-400-normal.woff2' },
];

/** Where the fonts lie in an installed tree, to be copied into `dist/fonts` of a deployed package. */
export function installedFontPaths(): { family: string; path: string }[] {
  const { resolve } = createRequire(join(packageRoot(), 'package.json'));
  return FONT_FILES.map(({ family, packageName, file }) => ({
    family,
    path: join(dirname(resolve(`${packageName}/package.json`)), 'files', file),
  }));
}

/** The fonts to register: of the installed packages, or where those are not deployed, of `dist/fonts`. */
export function fontPaths(): { family: string; path: string }[] {
  try {
    return installedFontPaths();
  } catch {
    return FONT_FILES.map(({ family, file }) => ({ family, path: join(packageRoot(), 'dist', 'fonts', file) }));
  }
}

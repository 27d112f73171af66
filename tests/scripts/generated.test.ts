import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/paths.ts';
import { GENERATED } from '../../scripts/docs/generated.ts';
import { OPERATIONS } from '../../scripts/docs/open-api.ts';

const root = packageRoot();

describe('generated files', () => {
  it.each(Object.entries(GENERATED))('%s is what `npm run docs` makes', async (path, make) => {
    // Of a boolean, so that a failure does not print the whole file.
    expect(readFileSync(join(root, path), 'utf8') === (await make())).toBe(true);
  });

  it('describe each route that the app registers, and no other', () => {
    const folder = join(root, 'functions');
    const sources = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
    const registered = sources.flatMap((text) =>
      [...text.matchAll(/route: '([^']+)',\s*methods: \['(\w+)'\]/g)].map(
        ([, route, method]) => `${method!.toLowerCase()} ${route}`,
      ),
    );
    expect(OPERATIONS.map(({ method, route }) => `${method} ${route}`).sort()).toEqual(registered.sort());
  });
});

describe('pages', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(root, 'docs'), { recursive: true }).map((file) => `docs/${file}`),
  ].filter((file) => file.endsWith('.md'));

  it.each(pages)('%s links to files that are there', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^(https?:|#|mailto:)/.test(link));
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link.replace(/#.*$/, ''))))).toEqual([]);
  });

  it('give the reason for each dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const text = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
    const named = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
    expect(named.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

/**
 * Makes the gallery from the sample day: `node scripts/make-gallery.ts [--pages FOLDER]` writes docs/gallery/*.png and
 * docs/gallery.md; with `--pages` also the HTML pages, each in the folder.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { packageRoot } from '../lib/paths.ts';
import { LocalProvider, loadLocalData } from '../lib/providers/local/index.ts';
import { memoryCache } from '../lib/storage/lookup-cache.ts';
import {
  cell,
  findColumn,
  getColumn,
  type ParquetTable,
  parquetSource,
  sourceOf,
  type Table,
  type TableSource,
  tableFromRows,
} from '../lib/tables/index.ts';
import { getVerb } from '../lib/verbs/registry.ts';
import type { VerbContext } from '../lib/verbs/verb.ts';
import { GALLERY, type GalleryEntry, type GalleryStep } from './gallery-entries.ts';

const { values } = parseArgs({ options: { pages: { type: 'string' } } });
const folder = join(packageRoot(), 'docs', 'gallery');
const scratch = await mkdtemp(join(tmpdir(), 'trailhound-gallery-'));
const loaded = await loadLocalData([join(packageRoot(), 'content', 'samples', 'contoso-day')], {
  cacheFolder: join(scratch, 'cache'),
});
const provider = new LocalProvider(loaded, { resultFolder: scratch });
const context: VerbContext = {
  signal: new AbortController().signal,
  nowInMs: 0,
  // Indicators come from the files of the project; nothing is asked of anybody.
  services: {
    provider: async () => provider,
    cache: memoryCache(() => 0),
    secret: async () => undefined,
    setting: () => undefined,
    fetch: () => Promise.reject(new Error('the gallery is made offline')),
  },
};

async function query(name: string, table: string, where: GalleryStep['where']): Promise<TableSource> {
  const result = await provider.query({ table, nowInMs: 0, ...(where && { where }) });
  return parquetSource(result.table as ParquetTable, name);
}

const sources = new Map<string, TableSource>();

/** Hourly counts with the mean of the hours around as what is expected. */
async function hourly(from: TableSource): Promise<Table> {
  const column = getColumn(await from.read(['TimeGenerated']), 'TimeGenerated');
  const counts = new Map<bigint, number>();
  const step = 6_000_000_000n;
  for (let row = 0; row < from.rowCount; row++) {
    const time = cell(column, row) as bigint;
    counts.set((time / step) * step, (counts.get((time / step) * step) ?? 0) + 1);
  }
  const times = [...counts.keys()].sort();
  const all = times.map((time) => counts.get(time)!);
  const baseline = all.map((_, at) => {
    const around = all.slice(Math.max(0, at - 6), at + 7).sort((a, b) => a - b);
    return around[around.length >> 1]!;
  });
  const deviation = Math.sqrt(all.reduce((sum, value, at) => sum + (value - baseline[at]!) ** 2, 0) / all.length);
  return tableFromRows(
    [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'TotalEvents', type: 'int' },
      { name: 'baseline', type: 'real' },
      { name: 'residual', type: 'real' },
      { name: 'score', type: 'real' },
    ],
    times.map((time, at) => [
      time,
      all[at]!,
      baseline[at]!,
      all[at]! - baseline[at]!,
      (all[at]! - baseline[at]!) / deviation,
    ]),
  );
}

/** Where the sample's cities are. */
const CITIES: Readonly<Record<string, readonly [latitude: number, longitude: number]>> = {
  Hamburg: [53.55, 9.99],
  Recife: [-8.05, -34.9],
};

async function withCoordinates(from: TableSource): Promise<Table> {
  const table = await from.read();
  const details = findColumn(table, 'LocationDetails')!;
  const places = Array.from({ length: table.rowCount }, (_, row) => {
    const { city } = JSON.parse(String(cell(details, row) ?? '{}')) as { city?: string };
    return CITIES[city ?? ''];
  });
  return {
    rowCount: table.rowCount,
    columns: [
      ...table.columns,
      { name: 'Latitude', type: 'real', values: Float64Array.from(places, (place) => place?.[0] ?? Number.NaN) },
      { name: 'Longitude', type: 'real', values: Float64Array.from(places, (place) => place?.[1] ?? Number.NaN) },
    ],
  };
}

async function sourceFor(name: string, steps: GalleryEntry['steps']): Promise<TableSource> {
  const step = steps[name];
  if (!step) throw new Error(`the gallery has no step ${name}`);
  const key = JSON.stringify([name, step]);
  const known = sources.get(key);
  if (known) return known;
  const inputs = await Promise.all([step.from ?? []].flat().map((input) => sourceFor(input, steps)));
  let made: TableSource;
  if (step.verb === 'query.run') made = await query(name, String(step.with?.['table']), step.where);
  else if (step.verb === 'gallery.hourly') made = sourceOf(await hourly(inputs[0]!), name);
  else if (step.verb === 'gallery.coordinates') made = sourceOf(await withCoordinates(inputs[0]!), name);
  else {
    const verb = getVerb(step.verb);
    const { table } = await verb.run(inputs, verb.parameters.parse(step.with ?? {}), context);
    made = 'parts' in table! ? parquetSource(table, name) : sourceOf(table!, name);
  }
  sources.set(key, made);
  return made;
}

async function draw(entry: GalleryEntry): Promise<string> {
  const verb = getVerb(entry.verb);
  const inputs = await Promise.all([entry.from].flat().map((name) => sourceFor(name, entry.steps)));
  const formats = values.pages === undefined ? ['png'] : ['png', 'html'];
  const { artifacts = [] } = await verb.run(
    inputs,
    verb.parameters.parse({ ...entry.with, scale: 1.5, formats }),
    context,
  );
  for (const { kind, content } of artifacts) {
    const target = kind === 'png' ? folder : values.pages!;
    await writeFile(join(target, `${entry.name}.${kind}`), content);
  }
  const steps = Object.fromEntries(
    Object.entries(entry.steps)
      .filter(([, step]) => !step.verb.startsWith('gallery.'))
      .map(([name, { where, ...step }]) => [name, where ? { ...step, with: { ...step.with, where } } : step]),
  );
  const yaml = stringify(
    { ...steps, [entry.name]: { verb: entry.verb, from: entry.from, ...(entry.with && { with: entry.with }) } },
    { flowCollectionPadding: true, lineWidth: 110 },
  );
  return [
    `## ${entry.title}`,
    '',
    entry.text,
    '',
    `![${entry.title}](gallery/${entry.name}.png)`,
    '',
    '```yaml',
    yaml.trim(),
    '```',
    '',
  ].join('\n');
}

await mkdir(folder, { recursive: true });
if (values.pages !== undefined) await mkdir(values.pages, { recursive: true });
const sections: string[] = [];
for (const entry of GALLERY) sections.push(await draw(entry));
const head = [
  '# Gallery',
  '',
  'Made by `node scripts/make-gallery.ts` from the sample day at contoso (`content/samples`). Every picture is also a page, with zoom,',
  'tooltips, search and a dark theme: `--pages FOLDER` writes them. The options of all of them are in [visuals](visuals.md).',
  '',
];
await writeFile(join(packageRoot(), 'docs', 'gallery.md'), [...head, ...sections].join('\n'));
await rm(scratch, { recursive: true, force: true });
process.exit(0);

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packageRoot } from '../lib/paths.ts';
import { makeContosoDay, type Sample } from './sample/contoso-day.ts';

/** The seed of the sample that is committed. */
export const SAMPLE_SEED = 4471;

/** What the files beside the folder of logs hold: `contoso-day-truth.json` and `contoso-day-manifest.json`. */
export function describeSample({ files, stories, truth }: Sample, seed: number) {
  return {
    groundTruth: { about: 'Which rows belong to the intrusion and which only look like it.', stories, rows: truth },
    manifest: {
      seed,
      files: [...files].map(([name, text]) => ({
        name,
        lines: text.split('\n').length - 1,
        sizeInBytes: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
      })),
    },
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(SAMPLE_SEED) },
      out: { type: 'string', default: join(packageRoot(), 'content', 'samples') },
      check: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const folder = join(values.out, 'contoso-day');
  const sample = makeContosoDay(seed);
  const { groundTruth, manifest } = describeSample(sample, seed);
  if (values.check) {
    for (const [name, text] of sample.files) {
      const stored = gunzipSync(readFileSync(join(folder, `${name}.gz`))).toString();
      if (stored !== text) throw new Error(`${name} is not what the seed ${seed} gives`);
    }
    process.stdout.write('the sample is what its seed gives\n');
    return;
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of sample.files) writeFileSync(join(folder, `${name}.gz`), gzipSync(text, { level: 9 }));
  // One row a line, so that changes can be read.
  const rows = groundTruth.rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  const head = JSON.stringify({ about: groundTruth.about, stories: groundTruth.stories }, null, 2).slice(0, -2);
  writeFileSync(join(values.out, 'contoso-day-truth.json'), `${head},\n  "rows": [\n${rows}\n  ]\n}\n`);
  writeFileSync(join(values.out, 'contoso-day-manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const count = manifest.files.reduce((sum, file) => sum + file.lines, 0);
  process.stdout.write(`${count} events, ${sample.truth.length} of them in ${sample.stories.length} stories\n`);
}

if (import.meta.main) main();

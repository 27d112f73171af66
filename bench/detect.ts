import { join } from 'node:path';
import { LocalProvider, loadLocalData } from '../lib/providers/local/index.ts';
import { findColumn, isTextColumn, type ParquetTable, parquetSource, sourceOf } from '../lib/tables/index.ts';
import { getVerb } from '../lib/verbs/registry.ts';
import { type Bench, fastest, type Measure, measure, timed } from './bench.ts';
import { withCorpus } from './corpus.ts';

const WORK: readonly (readonly [verb: string, parameters: object])[] = [
  ['detect.sigma', {}],
  ['score.rarity', { columns: ['ParentImage', 'Image'] }],
  ['score.rarity', { columns: ['Computer', 'Image', 'CommandLine'], normalise: 'generalised' }],
];

/** The floor is one pass over the command lines that seeks one text. */
export const bench: Bench = {
  name: 'detect',
  description: 'All Sigma rules and the rarity of combinations over process starts in memory',
  run: ({ rows = 100_000, data, signal = new AbortController().signal }) =>
    withCorpus({ data, rows }, async (path, scratch) => {
      const loaded = await loadLocalData([path], { cacheFolder: join(scratch, 'cache') });
      const provider = new LocalProvider(loaded, { resultFolder: join(scratch, 'results') });
      const { table: stored } = await provider.query({ table: 'ProcessCreation', nowInMs: 0 });
      const table = await parquetSource(stored as ParquetTable, 'processes').read();
      const commands = findColumn(table, 'CommandLine')!;
      const texts = isTextColumn(commands) ? commands.values : [];
      const floor = await fastest(3, () => texts.filter((text) => text?.includes('mimikatz')).length);
      const measures: Measure[] = [];
      for (const [name, parameters] of WORK) {
        const verb = getVerb(name);
        const run = () =>
          verb.run([sourceOf(table, 'processes')], verb.parameters.parse(parameters), { signal, nowInMs: 0 });
        const { seconds, value } = await timed(run);
        const columns = 'columns' in parameters ? ` (${(parameters.columns as string[]).join(', ')})` : '';
        const found = value.findings?.length ?? 0;
        measures.push(measure(`${name}${columns}: ${found} findings`, table.rowCount, seconds, floor));
      }
      return measures;
    }),
};

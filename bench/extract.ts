import { sourceOf } from '../lib/tables/index.ts';
import { extractVerbs } from '../lib/verbs/extract.ts';
import { type Bench, fastest, measure } from './bench.ts';
import { plainPass, withEvents } from './events.ts';

/** Extraction of events that are in memory already: what the verb itself costs, with its whole output and its findings. */
export const bench: Bench = {
  name: 'extract',
  description: 'extract.iocs on process events in memory; the floor is a plain pass over the command lines',
  run: ({ rows = 100_000, data, signal = new AbortController().signal }) =>
    withEvents({ data, rows }, async (events) => {
      const verb = extractVerbs.find(({ name }) => name === 'extract.iocs')!;
      const parameters = verb.parameters.parse({});
      const source = sourceOf(events, 'events');
      const seconds = await fastest(5, () => verb.run([source], parameters, { signal, nowInMs: 0 }));
      const floor = await fastest(3, () => plainPass(events, ['CommandLine']));
      return [measure('extract.iocs', events.rowCount, seconds, floor)];
    }),
};

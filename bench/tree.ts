import { sourceOf } from '../lib/tables/index.ts';
import { buildVerbs } from '../lib/verbs/build.ts';
import { type Bench, fastest, measure } from './bench.ts';
import { plainPass, withEvents } from './events.ts';

/** Trees of events that are in memory already: what the verb itself costs, with its whole output and its findings. */
export const bench: Bench = {
  name: 'tree',
  description: 'build.process-tree on process events in memory; the floor is a plain pass over all their text',
  run: ({ rows = 100_000, data, signal = new AbortController().signal }) =>
    withEvents({ data, rows }, async (events) => {
      const verb = buildVerbs.find(({ name }) => name === 'build.process-tree')!;
      const parameters = verb.parameters.parse({});
      const source = sourceOf(events, 'events');
      const seconds = await fastest(5, () => verb.run([source], parameters, { signal, nowInMs: 0 }));
      const floor = await fastest(3, () =>
        plainPass(
          events,
          events.columns.map((column) => column.name),
        ),
      );
      return [measure('build.process-tree', events.rowCount, seconds, floor)];
    }),
};

import { TrailhoundError } from '../../../lib/errors.ts';
import { serveTasks } from '../../../lib/workers/serve-tasks.ts';

serveTasks({
  double: async (input: number) => input * 2,
  refuse: async () => {
    throw new TrailhoundError('bad-data', 'no', { hint: 'yes' });
  },
  spin: async () => {
    for (;;);
  },
  exit: async () => process.exit(3),
});

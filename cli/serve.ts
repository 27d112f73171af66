import { once } from 'node:events';
import { resolve } from 'node:path';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { openHost } from './open-host.ts';
import { existingPath } from './paths.ts';
import { write } from './terminal.ts';

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Run the app on this machine: HTTP API, page, hunts on their schedules',
  description:
    'Listens on the loopback interface only. Prints one line with the address when it is ready; Ctrl-C stops it.',
  arguments: [],
  options: {
    port: { type: 'integer', value: 'N', min: 0, max: 65535, default: 7071, docs: 'Port; 0 for any that is free' },
    data: sharedOptions.data,
    folder: sharedOptions.folder,
  },
  examples: ['trailhound serve', 'trailhound serve --port 8080 --data ./logs'],
  async run({ options: { port, data, folder } }, terminal) {
    const dataPaths = data.map((path) => existingPath(path, terminal));
    const log = (line: string) => terminal.stderr.write(`${line}\n`);
    await using host = await openHost({ folder: resolve(terminal.cwd, folder), dataPaths, port, hunts: true, log });
    await write(terminal.stdout, `trailhound listens on ${host.address} (page: ${host.address}/api/page)\n`);
    const { signal } = terminal;
    const stopped = signal.aborted ? Promise.resolve() : once(signal, 'abort');
    await Promise.race([stopped, host.failed]);
    return EXIT.ok;
  },
});

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { TrailhoundError } from '../lib/errors.ts';
import { describeLocalData } from '../lib/investigation/create-services.ts';
import { ID_PATTERN, type InvestigationDocument } from '../lib/investigation/document.ts';
import { loadPlaybook } from '../lib/playbooks/index.ts';
import { apiClient, type StartRequest } from './api-client.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { followInvestigation } from './follow-investigation.ts';
import { investigationSummary } from './investigation-summary.ts';
import { cacheFolder, openHost } from './open-host.ts';
import { existingPath, outputPath, writeOutputFile } from './paths.ts';
import { stepProgress } from './step-progress.ts';
import { type Terminal, takesColour, write, writeJson } from './terminal.ts';
import { type Extent, readTime, readTimeRange } from './times.ts';

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Investigate: run a playbook on logs, and wait for the report',
  description: [
    'Starts an investigation on the embedded host and waits. The same --id again in the same --folder: one that was cut',
    'off is resumed, a finished one gives its document; other inputs under that id are wrong usage. Without --from and',
    '--to: all that the data covers; without --now: its end.',
  ].join('\n'),
  arguments: [{ name: 'playbook', docs: 'Name of a playbook, or path of a playbook file', required: true }],
  options: {
    data: sharedOptions.data,
    input: { type: 'pairs', value: 'NAME=VALUE', docs: 'Input of the playbook; lists with commas' },
    from: { type: 'text', value: 'TIME', docs: 'Start of the time range, inclusive' },
    to: { type: 'text', value: 'TIME', docs: 'End of the time range, exclusive' },
    workspace: {
      type: 'text',
      value: 'NAME',
      docs: 'Workspace of the settings that it is about: providers ask it, and its tenant keeps the results apart',
    },
    now: { type: 'text', value: 'TIME', docs: 'The time that the investigation takes for now' },
    id: { type: 'text', value: 'ID', docs: 'Id: 3 to 63 of a-z, 0-9 and "-" (default: made from playbook and time)' },
    folder: sharedOptions.folder,
    out: { type: 'text', value: 'FILE', docs: 'Write a copy of the document to this file' },
    json: sharedOptions.json,
  },
  examples: [
    'trailhound run host-triage --data ./logs',
    'trailhound run host-triage --data events.jsonl.gz --input host=ws-17 --json',
  ],
  async run({ arguments: [name], options }, terminal) {
    const playbook = loadPlaybook(name!, { allowPaths: true });
    const dataPaths = options.data.map((path) => existingPath(path, terminal));
    const folder = resolve(terminal.cwd, options.folder);
    const extent = async () => (await describeLocalData(dataPaths, cacheFolder(folder))).extent;
    const request = await startRequest(name!, playbook.name, options, extent, terminal);
    const outFile = options.out === undefined ? undefined : outputPath(options.out, terminal);
    const progress = stepProgress(terminal, playbook.name, Object.keys(playbook.steps));
    const log = (line: string) => {
      if (terminal.isDebug || /^(error|critical):/.test(line)) progress.say(line);
    };
    let document: InvestigationDocument;
    try {
      await using host = await openHost({ folder, dataPaths, port: 0, hunts: false, log });
      const client = apiClient(host.address, terminal.signal);
      document = await Promise.race([followInvestigation(client, request, progress, terminal.signal), host.failed]);
    } catch (error) {
      progress.end();
      if (!terminal.signal.aborted) throw error;
      await write(terminal.stderr, `stopped; the same command with --id ${request.id} goes on\n`);
      return EXIT.interrupted;
    }
    progress.end();
    if (outFile) await writeOutputFile(outFile, `${JSON.stringify(document, null, 2)}\n`);
    if (options.json) await writeJson(terminal, document);
    else await write(terminal.stdout, investigationSummary(document, takesColour(terminal.stdout, terminal.env)));
    return document.status === 'completed' ? EXIT.ok : EXIT.failed;
  },
});

interface RunOptions {
  readonly input: Readonly<Record<string, string>>;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly now: string | undefined;
  readonly id: string | undefined;
  readonly workspace: string | undefined;
}

async function startRequest(
  given: string,
  playbook: string,
  options: RunOptions,
  extent: Extent,
  terminal: Terminal,
): Promise<StartRequest> {
  const id = options.id ?? newId(playbook);
  if (!ID_PATTERN.test(id)) {
    throw new TrailhoundError('usage', `--id is 3 to 63 of a-z, 0-9 and "-", and does not start with "-": "${id}"`);
  }
  const timeRange = await readTimeRange(options.from, options.to, extent);
  return {
    id,
    playbook: /\.ya?ml$/.test(given) ? existingPath(given, terminal) : given,
    inputs: { ...options.input },
    ...(timeRange ? { timeRange } : {}),
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    ...(options.now === undefined ? {} : { now: readTime('--now', options.now) }),
  };
}

function newId(playbook: string): string {
  const time = new Date().toISOString().slice(0, 19).replace(/\D/g, '');
  return `${playbook.slice(0, 40)}-${time}-${randomBytes(2).toString('hex')}`;
}

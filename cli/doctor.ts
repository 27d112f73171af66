import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SettingsError } from '../lib/config/problems.ts';
import { readSettingsFile } from '../lib/config/read-file.ts';
import {
  fileOfEnvironment,
  noSettingsFile,
  parseSettings,
  SETTINGS_FILE,
  type Settings,
} from '../lib/config/settings.ts';
import { type CheckResult, type Examination, examine, examineInstallation } from '../lib/doctor/index.ts';
import { TrailhoundError, toErrorInfo } from '../lib/errors.ts';
import { openConnections } from '../lib/providers/index.ts';
import { redact } from '../lib/redaction.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { styled, type Terminal, takesColour, write, writeJson } from './terminal.ts';

const MARKS = {
  ok: ['green', 'ok'],
  warning: ['yellow', 'warning'],
  failed: ['red', 'FAILED'],
  skipped: ['dim', 'skipped'],
} as const;

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Check settings, identities, permissions and providers, and say what to grant',
  description:
    'Makes a cheap real call to everything that the settings name. Exit 0 if nothing failed (warnings are none), else 1.',
  arguments: [],
  options: {
    settings: { type: 'text', value: 'FILE', docs: 'Settings file; default: trailhound.yaml here, if there is one' },
    json: sharedOptions.json,
  },
  examples: ['trailhound doctor', 'trailhound doctor --json'],
  async run({ options: { settings: file, json } }, terminal) {
    const examination = await examineSettings(file, terminal);
    if (terminal.signal.aborted) throw new TrailhoundError('cancelled', 'stopped');
    if (json) await writeJson(terminal, examination);
    else await writeExamination(terminal, examination);
    return examination.status === 'failed' ? EXIT.failed : EXIT.ok;
  },
});

async function examineSettings(file: string | undefined, terminal: Terminal): Promise<Examination> {
  const named = file ?? fileOfEnvironment(terminal.env);
  const path = resolve(terminal.cwd, named ?? SETTINGS_FILE);
  let settings: Settings;
  try {
    const text = readSettingsFile(path, path);
    if (text === undefined && named !== undefined) throw noSettingsFile(path);
    settings = parseSettings(text ?? '', path, terminal.env);
  } catch (error) {
    return examineInstallation(settingsProblems(error));
  }
  const connections = openConnections(settings, terminal.env, {
    retry: { attempts: 2, maxElapsedInMs: 20_000 },
    tell: (message) => terminal.stderr.write(`${message}\n`),
  });
  return examine(connections, terminal.signal, [settingsFound(path, settings)]);
}

function settingsFound(path: string, settings: Settings): CheckResult {
  if (existsSync(path)) return { name: 'settings', status: 'ok', detail: `${path} is in order` };
  const isBlank = settings.workspaces.length === 0 && Object.keys(settings.providers).length === 0;
  return {
    name: 'settings',
    status: isBlank ? 'skipped' : 'ok',
    detail: `there is no ${SETTINGS_FILE} here: the defaults and the environment hold`,
    ...(isBlank
      ? {
          hint: 'Nothing is needed to try it on files: trailhound run host-triage --data <files>. For a tenant:',
          command: 'trailhound config',
        }
      : {}),
  };
}

/** Whatever is wrong with settings, as what was found of them. */
function settingsProblems(error: unknown): CheckResult[] {
  if (error instanceof SettingsError) {
    return error.problems.map(({ field, message, source, line, example }) => ({
      name: `settings ${field}`.trim(),
      status: 'failed',
      detail: `${message} (${source}${line === undefined ? '' : ` line ${line}`})`,
      ...(example === undefined ? {} : { hint: `For example ${example}` }),
    }));
  }
  if (!(error instanceof TrailhoundError)) throw error;
  const { message, hint } = toErrorInfo(error);
  return [{ name: 'settings', status: 'failed', detail: message, ...(hint ? { hint } : {}) }];
}

async function writeExamination(terminal: Terminal, { versions, checks }: Examination): Promise<void> {
  const colour = takesColour(terminal.stdout, terminal.env);
  const { content, schemas } = versions;
  const counts = Object.entries(content).map(([kind, count]) => `${count} ${kind}`);
  const installed = `Trailhound ${versions.trailhound} on Node ${versions.node} (${versions.platform})`;
  await write(terminal.stdout, `${installed}; ${[...counts, `${schemas.tables} table schemas`].join(', ')}\n\n`);
  for (const { name, status, detail, hint, command } of checks) {
    const [style, word] = MARKS[status];
    const lines = [`${styled(style, word.padEnd(8), colour)} ${name}: ${detail}`];
    if (status !== 'ok' && hint) lines.push(...hint.split('\n').map((line) => `         ${line}`));
    if (status !== 'ok' && command) lines.push(...command.split('\n').map((line) => `         $ ${line}`));
    await write(terminal.stdout, `${redact(lines.join('\n'))}\n`);
  }
}

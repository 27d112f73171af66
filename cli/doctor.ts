import { resolve } from 'node:path';
import { SettingsError } from '../lib/config/problems.ts';
import { loadSettings } from '../lib/config/settings.ts';
import { type CheckResult, type Examination, examine } from '../lib/doctor/index.ts';
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
    if (json) await writeJson(terminal, examination);
    else await writeExamination(terminal, examination);
    return examination.status === 'failed' ? EXIT.failed : EXIT.ok;
  },
});

async function examineSettings(
  file: string | undefined,
  terminal: Terminal,
): Promise<Examination | { status: 'failed'; checks: CheckResult[] }> {
  try {
    const settings = loadSettings({
      env: terminal.env,
      ...(file === undefined ? {} : { file: resolve(terminal.cwd, file) }),
    });
    const connections = openConnections(settings, terminal.env, {
      retry: { attempts: 2, maxElapsedInMs: 20_000 },
      tell: (message) => terminal.stderr.write(`${message}\n`),
    });
    return await examine(connections, terminal.signal);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const checks = error.problems.map(
      ({ field, message, source, line, example }): CheckResult => ({
        name: `settings ${field}`.trim(),
        status: 'failed',
        detail: `${message} (${source}${line === undefined ? '' : ` line ${line}`})`,
        ...(example === undefined ? {} : { hint: `For example ${example}` }),
      }),
    );
    return { status: 'failed', checks };
  }
}

async function writeExamination(
  terminal: Terminal,
  examination: Pick<Examination, 'checks'> & Partial<Examination>,
): Promise<void> {
  const colour = takesColour(terminal.stdout, terminal.env);
  const { versions, checks } = examination;
  if (versions) {
    const content = Object.entries(versions.content).map(([kind, count]) => `${count} ${kind}`);
    await write(
      terminal.stdout,
      `Trailhound ${versions.trailhound} on Node ${versions.node} (${versions.platform}); ${content.join(', ')}\n\n`,
    );
  }
  for (const { name, status, detail, hint, command } of checks) {
    const [style, word] = MARKS[status];
    const lines = [`${styled(style, word.padEnd(8), colour)} ${name}: ${detail}`];
    if (status !== 'ok' && hint) lines.push(...hint.split('\n').map((line) => `         ${line}`));
    if (status !== 'ok' && command) lines.push(...command.split('\n').map((line) => `         $ ${line}`));
    await write(terminal.stdout, `${redact(lines.join('\n'))}\n`);
  }
}

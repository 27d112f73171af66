import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itWithShared, sharedPath } from '../../support/shared.ts';
import { startTestHost, type TestHost, temporaryFolder } from '../support/hosts.ts';
import { bundleProbe, PROBES } from '../support/probes.ts';
import { ANSWERS } from '../support/recordings.ts';

/**
 * Requests whose answer differs on purpose, and why:
 * - `req`, `req optional`: the headers that the client sends are its own.
 * - `check payload`: the client's links are http, not https.
 * - `list page`: the page holds other instances, for the probe's names sort differently.
 * - `entity http`: the entities that other probes made are listed at other times.
 * - `purge many`: how many instances had failed by then.
 * - `poll`: the headers of the server that answers, and their case.
 * - `can burst`: hangs on the order in which three requests at once arrive.
 * - `restart`: the probe cuts the answer off.
 * - `suspend/resume`: here the instance has resumed when the real host still shows it suspended.
 * - `retryerr`: the .NET parts of the exception; its events are compared in the test of payloads.
 * - `subb`: numbers and dates in .NET's forms.
 */
const COMPARED_BY_STATUS = new Set(['req', 'req optional', 'restart']);
const NOT_COMPARED = new Set([
  'check payload',
  'list page',
  'entity http',
  'purge many',
  'suspend/resume',
  'can burst',
  'retryerr',
  'subb',
]);

const NOISE: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}/g, 'ID'],
  [/[pq]\d{13}/g, 'RUN'],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)?/g, 'TIME'],
  [/http:\/\/127\.0\.0\.1:\d+/g, 'HOST'],
  [/[?&]code=[\w-]+/g, ''],
  [/\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}/g, 'TIME'],
  [/"(ms|dur|wall)":\d+/g, '"$1":0'],
  [/RUN(nonex|nonexsub)\w+$/g, 'RUN'],
  [/ \d+ms \w+$/g, ''],
  [/ \(\d+ms\)$/g, ''],
  [/"headers":\{.*?\}/g, '"headers":{}'],
  [/known orchestrator functions: .*?\./g, 'known orchestrator functions: …'],
];

const cleaned = (line: string): string => NOISE.reduce((text, [pattern, to]) => text.replaceAll(pattern, to), line);

/** Lines `== name answer`, by name. */
function answersOf(text: string): Map<string, string> {
  const answers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const found = /^== (.*?) (\{|\[|"|null|undefined|\d+ )/.exec(line);
    if (found) answers.set(found[1]!, cleaned(line.slice(`== ${found[1]} `.length)));
  }
  return answers;
}

const statusOf = (answer: string | undefined): string | undefined => /"s(?:tatus)?":(\d+)/.exec(answer ?? '')?.[1];

/** Runs a probe of the shared folder against a host, with its key given and its long waits cut short. */
async function drive(probe: string, host: TestHost): Promise<string> {
  const source = readFileSync(sharedPath(`${PROBES}/probes/${probe}`), 'utf8');
  const file = join(temporaryFolder(), probe);
  const key = `
    const plainFetch = globalThis.fetch;
    globalThis.fetch = (url, options) => plainFetch(String(url).includes('/runtime/') ? String(url) + (String(url).includes('?') ? '&' : '?') + 'code=${host.managementKey}' : url, options);
  `;
  const impatient = source.replace("until(run + 'er')", "until(run + 'er', undefined, 300)");
  writeFileSync(file, key + impatient.replaceAll('40000', '1500').replaceAll(/ms = \d{5}\)/g, 'ms = 7000)'));
  const child = spawn(process.execPath, [file], { env: { ...process.env, PORT: new URL(host.url).port } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('exit', resolve));
  return output;
}

describe('the durable HTTP API answers as the real host does', () => {
  itWithShared(
    ANSWERS,
    'to each request of the probes',
    async () => {
      const folder = temporaryFolder();
      process.env['SAMPLE_LOG'] = join(folder, 'sample.log');
      writeFileSync(process.env['SAMPLE_LOG'], '');
      const hostJson = { extensions: { durableTask: { hubName: 'ProbeHub2' } } };
      writeFileSync(join(folder, 'host.json'), JSON.stringify(hostJson));
      const appFile = await bundleProbe('probes/probe-app.cjs', folder);
      const host = await startTestHost('unused', { appFile, strict: false, management: true });
      try {
        process.env['PORT'] = new URL(host.url).port;
        const outputs = [await drive('probe-api.mjs', host), await drive('probe-orchestrations.mjs', host)];
        const ours = answersOf(outputs.join('\n'));
        const theirs = answersOf(readFileSync(sharedPath(ANSWERS), 'utf8'));
        const names = [...theirs.keys()].filter((name) => !NOT_COMPARED.has(name));
        const shown = (answers: Map<string, string>) =>
          Object.fromEntries(
            names.map((name) => [name, COMPARED_BY_STATUS.has(name) ? statusOf(answers.get(name)) : answers.get(name)]),
          );
        expect(shown(ours)).toEqual(shown(theirs));
        expect(names.length).toBeGreaterThan(50);
      } finally {
        await host.stop();
      }
    },
    180_000,
  );
});

/** `npm run -s bench -- [name…] [--rows N | --data FILE] [--json]`: runs benchmarks, each in its own process. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Measure } from './bench.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    here: { type: 'boolean', default: false },
  },
});

const available = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'bench.ts', 'corpus.ts', 'events.ts'].includes(file))
  .map((file) => basename(file, '.ts'))
  .sort();
const unknown = positionals.filter((name) => !available.includes(name));
const rows = values.rows === undefined ? undefined : Number(values.rows);
if (unknown.length > 0 || (rows !== undefined && !(Number.isInteger(rows) && rows > 0))) {
  console.error(`usage: npm run -s bench -- [name…] [--rows N | --data FILE] [--json]\nnames: ${available.join(', ')}`);
  process.exit(2);
}

if (values.here) await runHere(positionals[0]!);
else for (const name of positionals.length > 0 ? positionals : available) await runApart(name);

/** Runs one benchmark in this process and prints its measures. */
async function runHere(name: string): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
  const measures = await bench.run({ rows, data: values.data === undefined ? undefined : resolve(values.data) });
  for (const each of measures) console.log(values.json ? JSON.stringify(each) : lineOf(each));
  // A benchmark may leave threads behind that nobody waits for.
  process.exit(0);
}

/** Runs one benchmark in a process of its own, so that its peak memory is its own. */
function runApart(name: string): Promise<void> {
  const options = Object.entries(values).flatMap(([key, value]) =>
    value === true ? [`--${key}`] : value ? [`--${key}`, String(value)] : [],
  );
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), name, '--here', ...options], {
    stdio: 'inherit',
  });
  return new Promise((done) => {
    child.on('exit', (code) => {
      if (code !== 0) process.exitCode = 1;
      done();
    });
  });
}

function lineOf({ name, rows: count, seconds, rowsPerSecond, peakMemoryInBytes, floorSeconds }: Measure): string {
  const columns = [
    name.padEnd(34),
    `${count.toLocaleString('en')} rows`.padStart(16),
    `${seconds.toFixed(3)} s`.padStart(11),
    `${rowsPerSecond.toLocaleString('en')} rows/s`.padStart(20),
    `${Math.round(peakMemoryInBytes / 2 ** 20)} MiB`.padStart(10),
    `floor ${floorSeconds.toFixed(3)} s`.padStart(16),
  ];
  return columns.join(' ');
}

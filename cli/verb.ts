import { extname, resolve } from 'node:path';
import { verbCatalog } from '../lib/catalog/index.ts';
import { TrailhoundError } from '../lib/errors.ts';
import { counted } from '../lib/report/index.ts';
import { readTableFile } from '../lib/tables/formats/index.ts';
import {
  inspectParquet,
  jsonLines,
  type ParquetTable,
  parquetSource,
  type Table,
  writeTableFile,
} from '../lib/tables/index.ts';
import { getVerb } from '../lib/verbs/registry.ts';
import { runVerbOn } from '../lib/verbs/run-verb-on.ts';
import type { VerbOutput } from '../lib/verbs/verb.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { outputPath, writeOutputFile } from './paths.ts';
import { type Terminal, write, writeJson, writeLines } from './terminal.ts';
import { columnParameter, readParameters } from './verb-parameters.ts';
import { verbServices } from './verb-services.ts';

const PICTURES = ['.png', '.html'];

export const verbCommand = defineCommand({
  name: 'verb',
  summary: 'Run one verb on a file, without a host',
  description: [
    'The ending of --out names its format: .csv, .tsv, .jsonl or .parquet for a table, .png or .html for a drawing.',
    'Further tables are written beside it, as name.table.ending. Without --out the table goes to standard output as JSON',
    'lines. `trailhound catalog verbs` lists the verbs, `trailhound catalog verbs NAME` shows one.',
  ].join('\n'),
  arguments: [{ name: 'verb', docs: 'Name of the verb, as decode.base64', required: true }],
  options: {
    in: { type: 'list', value: 'FILE', docs: 'CSV, JSONL or Parquet; several where the verb takes several tables' },
    column: { type: 'text', value: 'NAME', docs: 'The column that the verb works on' },
    param: { type: 'pairs', value: 'NAME=VALUE', docs: 'Parameter; lists with commas or as JSON' },
    out: { type: 'text', value: 'FILE', docs: 'Where the result goes' },
    data: { ...sharedOptions.data, docs: 'Logs for verbs that query the provider local; several times' },
    spreadsheet: { type: 'flag', docs: 'In CSV, keep text from being run as a formula by a spreadsheet' },
    json: { type: 'flag', docs: 'Print counts, findings, verdicts and warnings as JSON; needs --out for the table' },
  },
  examples: [
    'trailhound verb decode.base64 --in processes.csv --column CommandLine --out decoded.csv',
    'trailhound verb draw.timeline --in events.parquet --param groupBy=Computer --out timeline.png',
  ],
  async run({ arguments: [name], options }, terminal) {
    const verb = getVerb(name!);
    const entry = verbCatalog().find((each) => each.name === verb.name)!;
    const { min, max } = verb.inputTables;
    if (options.in.length < min || options.in.length > max) {
      const count = min === max ? min : `${min} to ${max}`;
      throw new TrailhoundError('usage', `${verb.name} takes ${count} --in, not ${options.in.length}`);
    }
    const parameters = {
      ...(options.column === undefined ? {} : columnParameter(entry, options.column)),
      ...readParameters(entry, options.param),
    };
    const outFile = options.out === undefined ? undefined : outputPath(options.out, terminal);
    const inputs: (Table | ParquetTable)[] = [];
    for (const file of options.in) inputs.push(await readInput(resolve(terminal.cwd, file)));
    const services = verb.runsIn === 'main' ? { services: verbServices(options.data, terminal) } : {};
    const output = await runVerbOn(verb.name, inputs, parameters, { signal: terminal.signal, ...services });
    const files = outFile ? await writeOutput(output, outFile, options.spreadsheet) : [];
    await describe(output, files, options, terminal);
    return EXIT.ok;
  },
});

function readInput(path: string): Promise<Table | ParquetTable> {
  return extname(path).toLowerCase() === '.parquet' ? inspectParquet(path) : readTableFile(path);
}

/** Writes what the ending asks for: the drawing of that kind, or the main table and the further ones beside it. */
async function writeOutput(output: VerbOutput, path: string, guardFormulas: boolean): Promise<string[]> {
  const ending = extname(path).toLowerCase();
  if (PICTURES.includes(ending)) {
    const artifact = output.artifacts?.find(({ kind }) => `.${kind}` === ending);
    if (!artifact) {
      const kinds = output.artifacts?.map(({ kind }) => `.${kind}`).join(', ');
      throw new TrailhoundError('usage', `the verb makes no ${ending}`, {
        hint: kinds ? `It makes: ${kinds}` : undefined,
      });
    }
    await writeOutputFile(path, artifact.content);
    return [path];
  }
  if (!output.table) {
    throw new TrailhoundError('usage', `the verb gives no table for ${path}`, {
      hint: output.artifacts
        ? `It draws: end --out with ${PICTURES.join(' or ')}`
        : 'Its findings are printed; leave out --out.',
    });
  }
  const files = [path];
  await writeTableFile(await inMemory(output.table), path, { guardFormulas });
  for (const [name, table] of Object.entries(output.tables ?? {})) {
    const beside = `${path.slice(0, -ending.length)}.${name}${ending}`;
    await writeTableFile(await inMemory(table), beside, { guardFormulas });
    files.push(beside);
  }
  return files;
}

async function inMemory(table: Table | ParquetTable): Promise<Table> {
  return 'parts' in table ? parquetSource(table, 'table').read() : table;
}

async function describe(
  output: VerbOutput,
  files: readonly string[],
  { json, out }: { json: boolean; out: string | undefined },
  terminal: Terminal,
): Promise<void> {
  const { table, findings = [], verdicts = [], warnings = [], partial = false } = output;
  const rows = !table
    ? 0
    : 'parts' in table
      ? table.parts.reduce((sum, part) => sum + part.rowCount, 0)
      : table.rowCount;
  if (json) {
    await writeJson(terminal, { files, rows, findings, verdicts, warnings, partial });
    return;
  }
  if (!out && table) await writeLines(terminal.stdout, jsonLines(await inMemory(table)));
  else if (!out) await writeJson(terminal, { findings, verdicts });
  const counts = [counted(rows, 'row'), counted(findings.length, 'finding'), counted(verdicts.length, 'verdict')];
  await write(terminal.stderr, `${[...files, ...counts, ...(partial ? ['partial'] : [])].join('  ')}\n`);
  for (const { code, message } of warnings) await write(terminal.stderr, `warning ${code}: ${message}\n`);
}

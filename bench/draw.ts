import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../lib/paths.ts';
import { LocalProvider, loadLocalData } from '../lib/providers/local/index.ts';
import { type ParquetTable, parquetSource, sourceOf, type Table, ticksFromMs } from '../lib/tables/index.ts';
import { getVerb } from '../lib/verbs/registry.ts';
import { timesInMs } from '../lib/visuals/columns.ts';
import { layOutTree } from '../lib/visuals/process-tree/tree-layout.ts';
import { densityOf } from '../lib/visuals/timeline/density.ts';
import { type Bench, fastest, type Measure, measure, timed } from './bench.ts';
import { withCorpus } from './corpus.ts';

const DAY_IN_MS = 86_400_000;
const START = ticksFromMs(Date.UTC(2026, 10, 13));

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Events of a week in ten groups of very different size. */
function events(rows: number): Table {
  const next = random(1);
  const times = new BigInt64Array(rows);
  const groups = new Array<string>(rows);
  const names = Array.from({ length: 10 }, (_, group) => `Activity ${group}`);
  for (let row = 0; row < rows; row++) {
    times[row] = START + BigInt(Math.floor(next() * 7 * DAY_IN_MS * 10_000));
    groups[row] = names[Math.floor(10 * next() ** 3)]!;
  }
  return {
    rowCount: rows,
    columns: [
      { name: 'TimeGenerated', type: 'datetime', values: times },
      { name: 'Activity', type: 'string', values: groups },
    ],
  };
}

/** Pairs that fill a matrix of that many rows and columns. */
function pairs(size: number): Table {
  const next = random(2);
  const rows = size * size * 10;
  const cells = (prefix: string) => Array.from({ length: rows }, () => `${prefix}${Math.floor(size * next() ** 1.3)}`);
  return {
    rowCount: rows,
    columns: [
      { name: 'Computer', type: 'string', values: cells('ws-') },
      { name: 'Account', type: 'string', values: cells('user') },
    ],
  };
}

function processes(rows: number): { table: Table; parents: Int32Array } {
  const next = random(3);
  const parents = Int32Array.from({ length: rows }, (_, row) => (row === 0 ? -1 : Math.floor(row * next() ** 0.5)));
  const texts = (of: (row: number) => string | null) => Array.from({ length: rows }, (_, row) => of(row));
  return {
    parents,
    table: {
      rowCount: rows,
      columns: [
        {
          name: 'TimeGenerated',
          type: 'datetime',
          values: BigInt64Array.from({ length: rows }, (_, row) => START + BigInt(row) * 10_000_000n),
        },
        { name: 'NodeKey', type: 'string', values: texts((row) => `k${row}`) },
        { name: 'ParentKey', type: 'string', values: texts((row) => (row === 0 ? null : `k${parents[row]}`)) },
        { name: 'NewProcessName', type: 'string', values: texts((row) => `C:\\Windows\\p${row % 40}.exe`) },
        { name: 'NewProcessId', type: 'string', values: texts((row) => String(row * 4)) },
        { name: 'CommandLine', type: 'string', values: texts((row) => `p${row % 40}.exe --task ${row % 977}`) },
        { name: 'Account', type: 'string', values: texts((row) => `CONTOSO\\user${row % 9}`) },
        { name: 'Severity', type: 'string', values: texts((row) => (row % 997 === 7 ? 'high' : null)) },
      ],
    },
  };
}

const FLOOR_PNG =
  "import('canvas').then(async ({ createCanvas }) => { await createCanvas(2800, 1300).encode('png'); })";
const coldScript = (root: string) => `
  const { sourceOf, ticksFromMs } = await import(${JSON.stringify(join(root, 'lib/tables/index.ts'))});
  const { timelineOf, timelineOptions } = await import(${JSON.stringify(join(root, 'lib/visuals/index.ts'))});
  const { pictureToPng } = await import(${JSON.stringify(join(root, 'lib/visuals/draw-picture.ts'))});
  const rows = 5000;
  const values = BigInt64Array.from({ length: rows }, (_, row) => ticksFromMs(1.79e12 + row * 60000));
  const table = { rowCount: rows, columns: [{ name: 'TimeGenerated', type: 'datetime', values }] };
  await pictureToPng(await timelineOf([sourceOf(table)], timelineOptions.parse({})), { scale: 2, theme: 'light' });`;

/** Runs a verb and gives the seconds of its first run, of the fastest of some more, and the size of what it made. */
async function drawing(verb: string, table: Table, parameters: object, signal: AbortSignal) {
  const found = getVerb(verb);
  const options = found.parameters.parse(parameters);
  const run = () => found.run([sourceOf(table, 'bench')], options, { signal, nowInMs: 0 });
  const first = await timed(run);
  const size = first.value.artifacts?.[0]?.content.length ?? 0;
  return { first: first.seconds, warm: await fastest(3, run), kilobytes: Math.round(size / 1024) };
}

/** Floors: for timelines one binning pass, for trees the layout alone, for a cold process an empty PNG. */
export const bench: Bench = {
  name: 'draw',
  description: 'Pictures and pages: timelines, matrices, trees; first PNG of a fresh process; 500 in a row',
  async run({ rows, data, signal = new AbortController().signal }) {
    const measures: Measure[] = [];
    if (data !== undefined) {
      await withCorpus({ data, rows: rows ?? 100_000 }, async (path, scratch) => {
        const loaded = await loadLocalData([path], { cacheFolder: join(scratch, 'cache') });
        const provider = new LocalProvider(loaded, { resultFolder: join(scratch, 'results') });
        const { table: stored } = await provider.query({ table: 'ProcessCreation', nowInMs: 0 });
        const table = await parquetSource(stored as ParquetTable, 'processes').read();
        for (const verb of ['draw.timeline', 'draw.process-tree', 'draw.matrix', 'browse.table']) {
          const formats = verb.startsWith('browse') ? ['html'] : ['png'];
          const { warm, kilobytes } = await drawing(verb, table, { formats }, signal);
          measures.push(measure(`${verb} ${formats[0]}, ${kilobytes} kB`, table.rowCount, warm, 0));
        }
      });
      return measures;
    }
    for (const count of rows === undefined ? [1000, 10_000, 100_000, 1_000_000, 10_000_000] : [rows]) {
      const table = events(count);
      const times = timesInMs(table.columns[0]!);
      const groups = new Int32Array(count);
      const from = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const floor = await fastest(3, () => densityOf(times, groups, 1, 1_800_000, from, from + 7 * DAY_IN_MS));
      const png = await drawing('draw.timeline', table, { groupBy: 'Activity', formats: ['png'] }, signal);
      measures.push(measure(`timeline png first, ${png.kilobytes} kB`, count, png.first, floor));
      measures.push(measure('timeline png warm', count, png.warm, floor));
      const html = await drawing('draw.timeline', table, { groupBy: 'Activity', formats: ['html'] }, signal);
      measures.push(measure(`timeline html, ${html.kilobytes} kB`, count, html.warm, floor));
    }
    for (const count of rows === undefined ? [1000, 10_000, 100_000] : [Math.min(rows, 100_000)]) {
      const { table, parents } = processes(count);
      const floor = await fastest(3, () => layOutTree(parents));
      for (const format of ['png', 'html']) {
        const { warm, kilobytes } = await drawing('draw.process-tree', table, { formats: [format] }, signal);
        measures.push(measure(`tree ${format}, ${kilobytes} kB`, count, warm, floor));
      }
    }
    for (const size of rows === undefined ? [50, 200] : [50]) {
      const table = pairs(size);
      const { warm, kilobytes } = await drawing(
        'draw.matrix',
        table,
        { formats: ['png'], maxRows: 200, maxColumns: 200 },
        signal,
      );
      measures.push(measure(`matrix ${size} x ${size} png, ${kilobytes} kB`, table.rowCount, warm, 0));
    }
    if (rows !== undefined) return measures;
    const start = (script: string) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: packageRoot() });
    const empty = await fastest(3, () => start(FLOOR_PNG));
    measures.push(
      measure('fresh process to first png', 5000, await fastest(3, () => start(coldScript(packageRoot()))), empty),
    );
    const small = events(300);
    await drawing('draw.timeline', small, { formats: ['png'], width: 400, scale: 1 }, signal);
    const before = process.memoryUsage().rss;
    const { seconds } = await timed(async () => {
      for (let round = 0; round < 125; round++)
        await drawing('draw.timeline', small, { formats: ['png'], width: 400, scale: 1 }, signal);
    });
    const grown = Math.round((process.memoryUsage().rss - before) / 2 ** 20);
    measures.push(measure(`500 small png, ${grown} MiB more`, 500, seconds, 0));
    return measures;
  },
};

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type BytePieces, joinPieces, PieceGatherer } from '../lib/azure/byte-pieces.ts';
import { type Reading, readHere } from '../lib/providers/answers/read-answer.ts';
import { answersInWorker } from '../lib/verbs/answer-worker.ts';
import { closeWorkers } from '../lib/verbs/worker-pool.ts';
import { type Bench, type Measure, measure, timed } from './bench.ts';

const COLUMNS = [
  ['TimeGenerated', 'datetime'],
  ['Computer', 'string'],
  ['EventID', 'int'],
  ['ProcessId', 'long'],
  ['CommandLine', 'string'],
  ['Properties', 'dynamic'],
] as const;

const READING: Reading = {
  form: { name: 'log-analytics' },
  service: 'Log Analytics',
  maxRows: Number.POSITIVE_INFINITY,
};
const RUNS = 3;

/** A Log Analytics answer as it comes over the wire, made into a table: what a query costs on this side. */
export const bench: Bench = {
  name: 'provider',
  description: 'an answer of Log Analytics as bytes made into a typed table; the floor is JSON.parse of it',
  async run({ rows = 500_000 }) {
    const folder = await mkdtemp(join(tmpdir(), 'trailhound-bench-'));
    const worker = answersInWorker(folder);
    const small = answerBytes(900);
    const large = answerBytes(rows);
    const floorOf = async (body: BytePieces) => {
      const text = new TextDecoder().decode(joinPieces(body));
      return (await timed(() => JSON.parse(text) as unknown)).seconds;
    };
    try {
      const measures: Measure[] = [];
      const add = async (name: string, body: BytePieces, count: number, work: (body: BytePieces) => unknown) => {
        const { seconds, pauseInMs } = await quickest(body, work);
        const title = `${name} (longest pause ${pauseInMs} ms)`;
        measures.push(measure(title, count, seconds, await floorOf(body)));
      };
      await add('small answer here', small, 900, (body) => readHere(body, READING, Number.POSITIVE_INFINITY));
      await worker.read(answerBytes(10), READING, undefined);
      await add('answer in a worker, to Parquet', large, rows, (body) => worker.read(body, READING, undefined));
      await add('answer here, to memory', large, rows, (body) => readHere(body, READING, Number.POSITIVE_INFINITY));
      return measures;
    } finally {
      await closeWorkers();
      await rm(folder, { recursive: true });
    }
  },
};

/** The quickest of some runs on copies of the bytes, and the longest pause of the event loop in any of them. */
async function quickest(
  body: BytePieces,
  work: (body: BytePieces) => unknown,
): Promise<{ seconds: number; pauseInMs: number }> {
  let seconds = Number.POSITIVE_INFINITY;
  let pauseInMs = 0;
  for (let run = 0; run < RUNS; run++) {
    const copy = body.map((piece) => Uint8Array.from(piece));
    const pauses = watchPauses();
    await turn();
    seconds = Math.min(seconds, (await timed(() => work(copy))).seconds);
    await turn();
    pauseInMs = Math.max(pauseInMs, pauses.longestInMs());
  }
  return { seconds, pauseInMs: Math.round(pauseInMs) };
}

/**
 * Watches how long this thread works between two turns of its event loop. Its own time on the processor counts: what
 * other programs take from it, on a machine in use, does not.
 */
function watchPauses(): { longestInMs(): number } {
  let longest = 0;
  let before = process.threadCpuUsage();
  const look = () => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.threadCpuUsage();
  };
  const timer = setInterval(look, 5);
  return {
    longestInMs() {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}

/** An answer as the HTTP client has it. */
function answerBytes(rowCount: number): BytePieces {
  const start = Date.UTC(2026, 2, 4);
  const gathered = new PieceGatherer();
  const columns = COLUMNS.map(([name, type]) => ({ name, type }));
  gathered.add(Buffer.from(`{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(columns)},"rows":[`));
  for (let row = 0; row < rowCount; row++) {
    const text = JSON.stringify([
      `${new Date(start + row * 37).toISOString().slice(0, -1)}${String(row % 10_000).padStart(4, '0')}Z`,
      `ws-${row % 500}.contoso.example`,
      4688,
      row % 9 === 0 ? '@' : 1000 + (row % 60_000),
      `C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule ${row}`,
      `{"ParentProcessName":"C:\\\\Windows\\\\System32\\\\services.exe","TokenElevationType":"%%1936","Index":${row}}`,
    ]);
    // Some process ids are of 64 bits, and stand as numbers on the wire.
    gathered.add(Buffer.from(`${row === 0 ? '' : ','}${text.replace('"@"', '9007199254740993')}`));
  }
  gathered.add(Buffer.from(']}]}'));
  return gathered.pieces();
}

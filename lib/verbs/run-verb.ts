import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Finding, Verdict, Warning } from '../outcome.ts';
import type { TimeRange } from '../providers/provider.ts';
import { type ParquetTable, parquetSource, type Table, type TableSchema, writeParquet } from '../tables/index.ts';
import type { Spending } from './budget.ts';
import { getVerb } from './registry.ts';
import { type ContentSettings, parseParameters, type VerbContext } from './verb.ts';

/** A verb to run on tables that lie in Parquet: plain data, so that it can cross into a worker thread. */
export interface VerbRun {
  readonly verb: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Each with the name by which findings refer to it. */
  readonly inputs: readonly { readonly name: string; readonly stored: ParquetTable }[];
  /** An existing folder of the caller's, into which tables and artifacts are written. */
  readonly folder: string;
  readonly nowInMs: number;
  readonly timeRange?: TimeRange | undefined;
  /** Name of the step, which its artifacts bear. */
  readonly step?: string | undefined;
  readonly allowance?: Spending | undefined;
  readonly content?: ContentSettings | undefined;
}

/** A file that a verb wrote. */
export interface WrittenFile {
  readonly path: string;
  readonly sizeInBytes: number;
  readonly sha256: string;
}

export interface WrittenTable {
  /** Empty for the main table, which is named after its step. */
  readonly name: string;
  readonly schema: TableSchema;
  readonly parts: readonly (WrittenFile & { readonly rowCount: number })[];
}

export interface WrittenArtifact extends WrittenFile {
  readonly name: string;
  readonly kind: string;
}

/** What a verb gave, with tables and artifacts in files. */
export interface VerbRunResult {
  readonly tables: readonly WrittenTable[];
  readonly artifacts: readonly WrittenArtifact[];
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly Warning[];
  readonly partial: boolean;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly spent: Spending;
}

/** Bounds of what one step may conclude; beyond them the strongest are kept and a warning counts the rest. */
const MAX_FINDINGS = 2000;
const MAX_VERDICTS = 50_000;

/** Runs a verb and stores what it gives in files. */
export async function runVerb(run: VerbRun, context: Pick<VerbContext, 'signal' | 'services'>): Promise<VerbRunResult> {
  const verb = getVerb(run.verb);
  const parameters = parseParameters(verb, run.parameters);
  const sources = run.inputs.map(({ name, stored }) => parquetSource(stored, name));
  const output = await verb.run(sources, parameters, {
    ...context,
    ...(run.step === undefined ? {} : { step: run.step }),
    nowInMs: run.nowInMs,
    ...(run.timeRange ? { timeRange: run.timeRange } : {}),
    ...(run.allowance ? { allowance: run.allowance } : {}),
    ...(run.content ? { content: run.content } : {}),
  });
  const warnings = [...(output.warnings ?? [])];
  const tables: WrittenTable[] = [];
  if (output.table) tables.push(await storeTable('', output.table, run.folder));
  for (const [name, table] of Object.entries(output.tables ?? {}))
    tables.push(await storeTable(name, table, run.folder));
  const artifacts: WrittenArtifact[] = [];
  for (const { name, kind, content } of output.artifacts ?? []) {
    const path = join(run.folder, `${name}.${kind}`);
    await writeFile(path, content);
    artifacts.push({ name, kind, ...(await describeFile(path)) });
  }
  const findings = strongest(output.findings ?? [], MAX_FINDINGS, (finding) => finding.score, 'findings', warnings);
  const verdicts = strongest(output.verdicts ?? [], MAX_VERDICTS, (verdict) => verdict.score, 'verdicts', warnings);
  const rowsIn = sources.reduce((sum, source) => sum + source.rowCount, 0);
  const rowsOut = tables[0]?.parts.reduce((sum, part) => sum + part.rowCount, 0) ?? 0;
  const { partial = false, spent = {} } = output;
  return { tables, artifacts, findings, verdicts, warnings, partial, rowsIn, rowsOut, spent };
}

async function storeTable(name: string, table: Table | ParquetTable, folder: string): Promise<WrittenTable> {
  let stored: ParquetTable;
  if ('parts' in table) stored = table;
  else {
    const own = join(folder, name === '' ? 'main' : `table-${name}`);
    await mkdir(own, { recursive: true });
    stored = await writeParquet(table, join(own, 'part-0.parquet'));
  }
  const parts: WrittenTable['parts'][number][] = [];
  for (const part of stored.parts) parts.push({ ...(await describeFile(part.path)), rowCount: part.rowCount });
  return { name, schema: stored.schema, parts };
}

async function describeFile(path: string): Promise<WrittenFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { path, sizeInBytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

function strongest<T>(
  all: readonly T[],
  limit: number,
  score: (item: T) => number,
  what: string,
  warnings: Warning[],
): T[] {
  if (all.length <= limit) return [...all];
  const message = `${all.length} ${what} were made; the ${limit} with the highest score are kept`;
  warnings.push({ code: 'limit', message });
  // Sorting is stable, so equal scores stay in the verb's own order.
  return [...all].sort((a, b) => score(b) - score(a)).slice(0, limit);
}

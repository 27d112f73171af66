import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toErrorInfo } from '../../lib/errors.ts';
import { blobNames, type StepRun, type StoredPlan, type StoredStepResult } from '../../lib/investigation/index.ts';
import { type JoinRun, joinChunks } from '../../lib/investigation/join-chunks.ts';
import type { ChunkRun } from '../../lib/investigation/query-chunk.ts';
import { estimateStep, queryChunk, searchJobOfStep } from '../../lib/investigation/query-chunk.ts';
import type { Runtime } from '../../lib/investigation/runtime.ts';
import { fetchTable } from '../../lib/investigation/table-files.ts';
import type { Connections } from '../../lib/providers/connections.ts';
import type { QueryProvider } from '../../lib/providers/provider.ts';
import { parquetSource, toRows } from '../../lib/tables/index.ts';
import type { Spending } from '../../lib/verbs/budget.ts';
import type { VerbServices } from '../../lib/verbs/services.ts';
import { askService } from '../../orchestrations/ask-service.ts';
import { lease } from '../../orchestrations/entities/lease.ts';
import { names } from '../../orchestrations/limits.ts';
import { queryInChunks } from '../../orchestrations/query-in-chunks.ts';
import { runStep } from '../../orchestrations/run-step.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { runOrchestration, type Trace } from './run-orchestration.ts';

export interface QueryRun {
  readonly provider: QueryProvider;
  readonly connections: Connections;
  /** Of `query.run`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeRange: { readonly start: string; readonly end: string };
  readonly allowance?: Spending;
  readonly leases?: readonly string[];
  readonly deadlineInMs?: number;
}

/** Runs a step that queries a service as an investigation does, and reads what it stored. */
export async function runQuery(given: QueryRun): Promise<{
  error: { code: string; message: string } | null;
  result: StoredStepResult | null;
  rows: Record<string, unknown>[];
  trace: Trace;
}> {
  const { provider, connections, parameters, timeRange, allowance = {} } = given;
  const blobs = memoryBlobs();
  const cacheFolder = await mkdtemp(join(tmpdir(), 'run-query-'));
  const runtime = {
    blobs,
    cacheFolder,
    services: () => ({ provider: async () => provider }) as unknown as VerbServices,
  } as unknown as Runtime;
  const step = { name: 'rows', verb: 'query.run', from: [], parameters, optional: false, needs: [] };
  const plan = {
    request: { id: 'query', workspace: null, tenant: null, dataPaths: [], tables: {} },
    plan: { playbook: 'p', description: '', steps: { rows: step }, waves: [['rows']] },
    timeRange,
    now: timeRange.end,
    settings: connections.settings,
  } as unknown as StoredPlan;
  await blobs.put(blobNames.plan('query'), JSON.stringify(plan));
  const { signal } = new AbortController();
  const attempt = async (work: Promise<object>) => {
    try {
      return { value: await work };
    } catch (error) {
      return { error: toErrorInfo(error), durationInMs: 0 };
    }
  };
  try {
    const run: StepRun = { id: 'query', tenant: null, step: 'rows', results: {}, allowance };
    const { output, trace } = await runOrchestration(
      names.queryInChunks,
      {
        run,
        maxRows: Number(parameters['maxRows'] ?? 5_000_000),
        searchJob: parameters['searchJob'] === true,
        leases: given.leases ?? ['one'],
        deadlineInMs: given.deadlineInMs ?? Number.MAX_SAFE_INTEGER,
      },
      {
        orchestrations: {
          [names.queryInChunks]: queryInChunks,
          [names.askService]: askService,
          [names.runStep]: runStep,
        },
        activities: {
          [names.estimateQuery]: (input: StepRun) => attempt(estimateStep(runtime, input, signal)),
          [names.searchJob]: (input: StepRun) => attempt(searchJobOfStep(runtime, input, signal)),
          [names.queryChunk]: (input: ChunkRun) => attempt(queryChunk(runtime, input, signal)),
          [names.joinChunks]: (input: JoinRun) => attempt(joinChunks(runtime, input)),
        },
        entities: { [names.lease]: lease as never },
      },
    );
    const answer = output as { value?: { result: string }; error?: { code: string; message: string } };
    if (!answer.value) return { error: answer.error ?? null, result: null, rows: [], trace };
    const result = JSON.parse(String(await blobs.get(answer.value.result))) as StoredStepResult;
    const table = await fetchTable(blobs, cacheFolder, result.tables[0]!);
    return { error: null, result, rows: toRows(await parquetSource(table, 'rows').read()), trace };
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

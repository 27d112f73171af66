import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpClient } from '../azure/http-client.ts';
import { HttpError } from '../azure/http-error.ts';
import type { Settings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import type { Table } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { batchesOf, type RowProblem, type UploadBatch, type UploadResult } from './upload-batches.ts';

const API_VERSION = '2023-01-01';
/** Of one call, before compression and after. */
const BATCH_IN_BYTES = 1_000_000;
const FIELD_IN_BYTES = 64_000;
/** Names that Log Analytics keeps for itself. */
const RESERVED = new Set(['id', 'title', 'type', 'tenantid', 'uniqueid', '_resourceid', '_subscriptionid']);
const LONGEST_NAME = 45;
/** A batch that is refused is halved to find the rows at fault, so many times in all. */
const MOST_HALVINGS = 200;
const compress = promisify(gzip);

/**
 * Uploads a table to Sentinel by the Logs Ingestion API. The table in the workspace and the stream of the data
 * collection rule must exist. Calls follow each other, each within 1 MB, at the pace that the service allows; rows that
 * it refuses are found and named. A row may come twice where an answer was lost.
 *
 * Source: learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 * @throws usage: nothing is configured, or names that the workspace cannot have · unauthorized: with the missing role
 */
export async function uploadLogs(
  connections: Connections,
  table: Table,
  options: { readonly stream?: string; readonly signal?: AbortSignal } = {},
): Promise<UploadResult> {
  const { ingestion } = connections.settings;
  if (!ingestion) {
    throw new TrailhoundError('usage', 'no upload to Sentinel is configured', {
      hint: 'Set ingestion.endpoint and ingestion.ruleId in trailhound.yaml.',
    });
  }
  checkNames(table);
  const audience = connections.cloud().ingestionAudience;
  const http = connections.client('Logs Ingestion', { url: ingestion.endpoint, audience });
  const stream = options.stream ?? ingestion.stream;
  const url = `dataCollectionRules/${ingestion.ruleId}/streams/${encodeURIComponent(stream)}?api-version=${API_VERSION}`;
  const problems: RowProblem[] = [];
  const state = { halvings: 0 };
  let sentRows = 0;
  for (const batch of batchesOf(
    table,
    { batchInBytes: BATCH_IN_BYTES, overheadInBytes: 2, fieldInBytes: FIELD_IN_BYTES },
    problems,
  )) {
    sentRows += await sendBatch(http, url, batch, ingestion, problems, state, options.signal);
  }
  return { sentRows, problems };
}

async function sendBatch(
  http: HttpClient,
  url: string,
  batch: UploadBatch,
  ingestion: NonNullable<Settings['ingestion']>,
  problems: RowProblem[],
  state: { halvings: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const text = `[${batch.texts.join(',')}]`;
  const packed = await compress(text);
  // Data that does not compress may grow: then it goes as it is.
  const isSmaller = packed.length < BATCH_IN_BYTES;
  try {
    // Taken rows are answered by nothing at all; a proxy's page in its place is asked again.
    const said = await http.json({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...(isSmaller ? { 'content-encoding': 'gzip' } : {}) },
      body: isSmaller ? new Uint8Array(packed) : text,
      repeatable: true,
      signal,
    });
    if (said !== null) throw new TrailhoundError('remote', `${http.service} answered something other than 204`);
    return batch.rows.length;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 403) {
      throw new TrailhoundError('unauthorized', error.message, {
        cause: error,
        hint: `Grant "Monitoring Metrics Publisher" on the data collection rule ${ingestion.ruleId}.`,
      });
    }
    if (error.status !== 400 && error.status !== 413) throw error;
    if (batch.rows.length === 1 || state.halvings >= MOST_HALVINGS) {
      for (const row of batch.rows) problems.push({ row, reason: error.message });
      return 0;
    }
    state.halvings++;
    const middle = Math.ceil(batch.rows.length / 2);
    const part = (from: number, to?: number): UploadBatch => ({
      rows: batch.rows.slice(from, to),
      texts: batch.texts.slice(from, to),
    });
    const first = await sendBatch(http, url, part(0, middle), ingestion, problems, state, signal);
    return first + (await sendBatch(http, url, part(middle), ingestion, problems, state, signal));
  }
}

function checkNames(table: Table): void {
  const wrong = table.columns
    .map(({ name }) => name)
    .filter((name) => RESERVED.has(name.toLowerCase()) || name.length > LONGEST_NAME || !/^[A-Za-z_]\w*$/.test(name));
  if (wrong.length === 0) return;
  throw new TrailhoundError(
    'usage',
    `Log Analytics cannot have columns named ${wrong.map((name) => `"${name.slice(0, 60)}"`).join(', ')}`,
    {
      hint: `Letters, digits and underscores, at most ${LONGEST_NAME}; not ${[...RESERVED].join(', ')}.`,
    },
  );
}

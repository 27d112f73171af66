import { HttpError } from '../azure/http-error.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { cell, findColumn, type Table, UNIX_EPOCH_TICKS } from '../tables/index.ts';
import { authorizationOf } from './authorization.ts';
import type { Connections } from './connections.ts';
import { batchesOf, type RowProblem, type UploadResult } from './upload-batches.ts';

const BATCH_IN_BYTES = 900_000;
/** What stands around a row: its time, index and source type. */
const ROUND_IN_BYTES = 200;
const FIELD_IN_BYTES = 500_000;

/**
 * Uploads a table to Splunk by its HTTP Event Collector: a row is an event, its time that of `timeColumn`.
 *
 * Source: docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
 * @throws usage: no collector is configured
 */
export async function uploadToSplunk(
  connections: Connections,
  settings: SettingsOf<'splunk'>,
  table: Table,
  options: {
    readonly index?: string;
    readonly sourceType?: string;
    readonly timeColumn?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<UploadResult> {
  const { index, sourceType = 'trailhound', timeColumn = 'TimeGenerated', signal } = options;
  if (!settings.collectorUrl || !settings.collectorToken) {
    throw new TrailhoundError('usage', 'this Splunk has no HTTP Event Collector', {
      hint: 'Set collectorUrl and collectorToken.',
    });
  }
  const http = connections.plainClient({
    service: 'Splunk HTTP Event Collector',
    baseUrl: settings.collectorUrl,
    authorize: authorizationOf(connections.secrets, {
      token: { reference: settings.collectorToken, scheme: 'Splunk' },
    }),
  });
  const times = findColumn(table, timeColumn);
  const problems: RowProblem[] = [];
  const about = JSON.stringify({ sourcetype: sourceType, ...(index ? { index } : {}) }).slice(1, -1);
  const eventOf = (row: number, text: string) => {
    const ticks = times?.type === 'datetime' ? cell(times, row) : null;
    const time = typeof ticks === 'bigint' ? `"time":"${secondsOf(ticks)}",` : '';
    return `{${time}${about},"event":${text}}`;
  };
  let sentRows = 0;
  for (const { rows, texts } of batchesOf(
    table,
    { batchInBytes: BATCH_IN_BYTES, overheadInBytes: ROUND_IN_BYTES, fieldInBytes: FIELD_IN_BYTES },
    problems,
  )) {
    const body = texts.map((text, at) => eventOf(rows[at]!, text)).join('\n');
    try {
      await http.send({
        method: 'POST',
        url: 'services/collector/event',
        headers: { 'content-type': 'application/json' },
        body,
        repeatable: true,
        signal,
      });
      sentRows += rows.length;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 400) throw error;
      for (const row of rows) problems.push({ row, reason: error.message });
    }
  }
  return { sentRows, problems };
}

function secondsOf(ticks: bigint): string {
  const since = ticks - UNIX_EPOCH_TICKS;
  const seconds = since / 10_000_000n;
  return `${seconds}.${String((since % 10_000_000n) / 10n).padStart(6, '0')}`;
}

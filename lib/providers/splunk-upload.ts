import { randomUUID } from 'node:crypto';
import type { HttpClient } from '../azure/http-client.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';
import { cell, findColumn, type Table, UNIX_EPOCH_TICKS } from '../tables/index.ts';
import { authorizationOf } from './authorization.ts';
import type { Connections } from './connections.ts';
import { waitFor } from './pace.ts';
import { batchesOf, type RowProblem, type UploadResult } from './upload-batches.ts';
import { asObject, asText } from './wire-access.ts';

const BATCH_IN_BYTES = 900_000;
/** What stands around a row beside its index and source type: its time and the names of the members. */
const ROUND_IN_BYTES = 100;
const FIELD_IN_BYTES = 500_000;
/** Events that Splunk names as invalid are left out and the others sent again, so many times in all. */
const MOST_REPAIRS = 200;
/** Codes of the collector that are about one event: invalid format, event missing, event blank, indexed fields. */
const EVENT_CODES = new Set([6, 12, 13, 15]);
const INCORRECT_INDEX = 7;
const SUCCESS = 0;
const ACK_PAUSES_IN_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/**
 * Uploads a table to Splunk by its HTTP Event Collector: a row is an event, its time that of `timeColumn`.
 *
 * Sources: docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector,
 * …/Data/TroubleshootHTTPEventCollector (codes), …/Data/AboutHECIDXAck
 * @throws usage: no collector is configured, or the token may not write to the index
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
  // Tokens that acknowledge what is indexed insist on a channel; others take no notice.
  const collector: Collector = { http, channel: randomUUID(), signal, eventOf, repairs: 0, waiting: new Map() };
  let sentRows = 0;
  for (const { rows, texts } of batchesOf(
    table,
    {
      batchInBytes: BATCH_IN_BYTES,
      overheadInBytes: 0,
      roundRowInBytes: ROUND_IN_BYTES + Buffer.byteLength(about),
      fieldInBytes: FIELD_IN_BYTES,
    },
    problems,
  )) {
    sentRows += await sendEvents(collector, rows, texts, problems);
  }
  for (const row of await unacknowledged(collector)) {
    sentRows--;
    problems.push({ row, reason: 'Splunk took it and did not acknowledge that it is indexed' });
  }
  return { sentRows, problems: problems.sort((a, b) => a.row - b.row) };
}

interface Collector {
  readonly http: HttpClient;
  readonly channel: string;
  readonly signal: AbortSignal | undefined;
  readonly eventOf: (row: number, text: string) => string;
  repairs: number;
  /** Acknowledgement ids, with the rows that wait for them. */
  readonly waiting: Map<number, readonly number[]>;
}

/** Sends a batch, and without the events that are refused again; gives the number of rows that were taken. */
async function sendEvents(
  collector: Collector,
  rows: readonly number[],
  texts: readonly string[],
  problems: RowProblem[],
): Promise<number> {
  let left = rows.map((row, at) => ({ row, event: collector.eventOf(row, texts[at]!) }));
  while (left.length > 0) {
    const answer = await post(collector, 'event', left.map(({ event }) => event).join('\n'));
    if (answer.code === SUCCESS) {
      if (answer.ackId !== undefined)
        collector.waiting.set(
          answer.ackId,
          left.map(({ row }) => row),
        );
      return left.length;
    }
    const reason = `Splunk refused it: ${answer.text} (code ${answer.code})`;
    if (answer.code === INCORRECT_INDEX) {
      throw new TrailhoundError('usage', 'the token of the HTTP Event Collector may not write to this index', {
        hint: 'Name an index that the token allows, or allow this one in the settings of the token.',
      });
    }
    const invalid = EVENT_CODES.has(answer.code) ? left[answer.invalidEvent ?? -1] : undefined;
    if (!invalid || collector.repairs++ >= MOST_REPAIRS) {
      for (const { row } of left) problems.push({ row, reason });
      return 0;
    }
    problems.push({ row: invalid.row, reason });
    left = left.filter((each) => each !== invalid);
  }
  return 0;
}

/** The rows whose indexing is not acknowledged in a minute. */
async function unacknowledged(collector: Collector): Promise<number[]> {
  const { http, waiting, signal } = collector;
  for (const pauseInMs of ACK_PAUSES_IN_MS) {
    if (waiting.size === 0) return [];
    const { acks } = await post(collector, 'ack', JSON.stringify({ acks: [...waiting.keys()] }));
    for (const [id, isIndexed] of Object.entries(acks)) if (isIndexed === true) waiting.delete(Number(id));
    if (waiting.size > 0) await waitFor(http, pauseInMs, signal);
  }
  return [...waiting.values()].flat();
}

/** What the collector answers; a proxy's page in its place is no answer, and asked again. */
async function post({ http, channel, signal }: Collector, path: string, body: string) {
  const answer = asObject(
    await http.json({
      method: 'POST',
      url: `services/collector/${path}`,
      headers: { 'content-type': 'application/json', 'x-splunk-request-channel': channel },
      body,
      accept: [400],
      repeatable: true,
      signal,
    }),
  );
  const { text, code, ackId, acks, ...said } = answer;
  const invalid = said['invalid-event-number'];
  return {
    text: redact(asText(text).slice(0, 300)),
    code: typeof code === 'number' ? code : -1,
    invalidEvent: typeof invalid === 'number' ? invalid : undefined,
    ackId: typeof ackId === 'number' ? ackId : undefined,
    acks: asObject(acks),
  };
}

function secondsOf(ticks: bigint): string {
  const since = ticks - UNIX_EPOCH_TICKS;
  const seconds = since / 10_000_000n;
  return `${seconds}.${String((since % 10_000_000n) / 10n).padStart(6, '0')}`;
}

import { type BytePieces, sizeInBytesOf } from '../../azure/byte-pieces.ts';
import type { HttpClient, HttpRequest } from '../../azure/http-client.ts';
import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import {
  firstRows,
  freeName,
  type ParquetTable,
  rowCountOf,
  schemaOf,
  type Table,
  type TableSchema,
} from '../../tables/index.ts';
import type { QueryRequest, QueryResult } from '../provider.ts';
import { resultOfCut } from '../result.ts';
import { isSameSchema, renameColumn, unitedSchema, uniteTables } from '../unite-tables.ts';
import type { AnswerWorker } from './answer-tasks.ts';
import { type ReadAnswer, type Reading, readHere } from './read-answer.ts';
import type { AnswerRest } from './wire-answer.ts';

/** What providers of services need beside their connections. */
export interface AnswerResources {
  /** Reads large answers; without it all are read where they come in, and stay in memory. */
  readonly answers?: AnswerWorker;
}

/** What a provider learns of an answer whose rows were collected. */
export interface CollectedAnswer {
  /** Rows that the service gave. */
  readonly rowCount: number;
  readonly rest: AnswerRest;
}

/** So much of a query's answers is read on the thread that asked: some milliseconds. The rest goes to a worker. */
const HERE_IN_BYTES = 256 * 1024;
/** Rows times columns that a small answer may have: what a row leaves out takes time and memory too. */
const HERE_IN_CELLS = 250_000;
/** Parts with fewer rows are put together: pages of a thousand rows would make a thousand files. */
const ROWS_OF_A_PART = 100_000;

/**
 * Collects the rows of a query from the answers of its service: one, several pages, or one of each workspace. While they
 * are few they are a table in memory; what is beyond that a worker thread reads into Parquet, and it never comes back.
 *
 * @example
 * const rows = new AnswerCollector(resources, request, signal);
 * const { rest } = await rows.ask(http, { method: 'GET', url: 'alerts' }, { form: { name: 'list', columns } });
 * return rows.result(rest.warnings);
 */
export class AnswerCollector {
  readonly #answers: AnswerWorker | undefined;
  readonly #request: QueryRequest;
  readonly #maxRows: number;
  /** Stops what is asked for. */
  readonly signal: AbortSignal | undefined;
  readonly #collected: Collected[] = [];
  #bytesHere = 0;
  #rowCount = 0;

  constructor({ answers }: AnswerResources, request: QueryRequest, signal: AbortSignal | undefined) {
    this.#answers = answers;
    this.#request = request;
    this.#maxRows = request.maxRows ?? Number.POSITIVE_INFINITY;
    this.signal = signal;
  }

  /** Rows that were found so far; they may be more than the cap lets be kept. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Whether there are more rows than the caller wants: further pages would change nothing. */
  get isFull(): boolean {
    return this.#rowCount > this.#maxRows;
  }

  /**
   * Sends a request and collects the rows of its answer. An answer that is no JSON is tried again, as one that is lost.
   *
   * @param place where its rows stand among those of other answers; default: after what was collected before
   */
  async ask(
    http: HttpClient,
    request: HttpRequest,
    how: Omit<Reading, 'service' | 'maxRows'>,
    place = this.#collected.length,
  ): Promise<CollectedAnswer> {
    const reading: Reading = { ...how, service: http.service, maxRows: this.#maxRows };
    const read = await http.read({ ...request, signal: this.signal }, (body) => this.#read(body, reading));
    this.#collected.push({ place, table: read.table, source: how.source?.column });
    this.#rowCount += read.rowsFound;
    return { rowCount: read.rowsGiven, rest: read.rest };
  }

  #read(body: BytePieces, reading: Reading): ReadAnswer | Promise<ReadAnswer> {
    const size = sizeInBytesOf(body);
    if (this.#answers && this.#bytesHere + size > HERE_IN_BYTES) {
      return this.#answers.read(body, reading, this.signal);
    }
    const read = readHere(body, reading, this.#answers ? HERE_IN_CELLS : Number.POSITIVE_INFINITY);
    if (!read) return this.#answers!.read(body, reading, this.signal);
    this.#bytesHere += size;
    return read;
  }

  /**
   * All rows as the result of the query: under each other in order of their places, and cut to the caller's cap.
   *
   * @param schema that of all rows, where it is known; default: the columns of all answers
   */
  async result(warnings: readonly Warning[], schema?: TableSchema): Promise<QueryResult> {
    const tables = await this.#inOrder();
    const all = schema ?? unitedSchema(tables.map(schemaOfAny));
    const small = tables.flatMap((table) => ('parts' in table ? [] : [table]));
    const table =
      small.length === tables.length
        ? firstRows(uniteTables(small, all), this.#maxRows)
        : await this.#inParts(tables, all);
    return resultOfCut(table, this.#request, this.isFull, warnings);
  }

  /** The tables by their places. Where they say where they are from, all do it under one name that none of them has. */
  async #inOrder(): Promise<(Table | ParquetTable)[]> {
    const collected = this.#collected.toSorted((a, b) => a.place - b.place);
    const taken = new Set(
      collected.flatMap(({ table, source }) => namesOf(table).slice(0, source === undefined ? undefined : -1)),
    );
    const tables: (Table | ParquetTable)[] = [];
    for (const { table, source } of collected) {
      const from = namesOf(table).at(-1);
      const to = source === undefined ? from : freeName(taken, source);
      if (from === undefined || to === undefined || from === to) tables.push(table);
      else if (!('parts' in table)) tables.push(renameColumn(table, from, to));
      else {
        const schema = table.schema.map(({ name, type }) => ({ name: name === from ? to : name, type }));
        const union = { tables: [table], schema, maxRows: rowCountOf(table), rename: { from, to } };
        tables.push(await this.#worker().unite(union, this.signal));
      }
    }
    return tables;
  }

  #worker(): AnswerWorker {
    if (this.#answers) return this.#answers;
    throw new TrailhoundError('internal', 'rows lie in files, and no worker wrote them');
  }

  /** What has the schema of all and is large enough is a part as it lies; the rest is put together by a worker. */
  async #inParts(tables: readonly (Table | ParquetTable)[], schema: TableSchema): Promise<ParquetTable> {
    const parts: ParquetTable['parts'][number][] = [];
    for (const { members, rowCount } of groupsOf(tables, this.#maxRows)) {
      const [first, ...others] = members;
      const isPart = others.length === 0 && 'parts' in first! && isSameSchema(first.schema, schema);
      if (isPart && rowCountOf(first) === rowCount) parts.push(...first.parts);
      else
        parts.push(...(await this.#worker().unite({ tables: members, schema, maxRows: rowCount }, this.signal)).parts);
    }
    return { schema, parts };
  }
}

interface Collected {
  readonly place: number;
  readonly table: Table | ParquetTable;
  /** What its last column, which says where its rows are from, is to be called. */
  readonly source: string | undefined;
}

function schemaOfAny(table: Table | ParquetTable): TableSchema {
  return 'parts' in table ? table.schema : schemaOf(table);
}

function namesOf(table: Table | ParquetTable): string[] {
  return schemaOfAny(table).map(({ name }) => name);
}

interface Group {
  readonly members: (Table | ParquetTable)[];
  rowCount: number;
}

/** Neighbours that together are no larger than a part, up to the cap. Tables without rows are left out. */
function groupsOf(tables: readonly (Table | ParquetTable)[], maxRows: number): Group[] {
  const groups: Group[] = [];
  let left = maxRows;
  for (const table of tables) {
    const rowCount = Math.min(rowCountOf(table), left);
    if (rowCount === 0) continue;
    left -= rowCount;
    const last = groups.at(-1);
    if (last && last.rowCount + rowCount <= ROWS_OF_A_PART) {
      last.members.push(table);
      last.rowCount += rowCount;
    } else groups.push({ members: [table], rowCount });
  }
  return groups;
}

import { RestError, type TableClient, type TableEntity } from '@azure/data-tables';
import { storageError } from './blob-store.ts';

/** One row of the index of investigations. The document itself is a blob. */
export interface IndexRow {
  readonly id: string;
  readonly playbook: string;
  readonly createdAtInMs: number;
  /** What was asked, as one hash: the same id with another request is a conflict. */
  readonly requestHash: string;
  /** http, sentinel, hunt. */
  readonly trigger: string;
  /** The tenant under which it lies; null: the home tenant. */
  readonly tenant: string | null;
}

/** The index of investigations, in Table storage. */
export interface InvestigationIndex {
  /** Adds a row; if the id is there already, gives the row that is. */
  add(row: IndexRow): Promise<{ added: boolean; row: IndexRow }>;
  get(id: string): Promise<IndexRow | null>;
  /** Newest first. */
  list(limit: number): Promise<IndexRow[]>;
  /** Remembered times of hunts: the end of the last run that was started, in ticks. */
  getHuntEnd(hunt: string): Promise<bigint | null>;
  setHuntEnd(hunt: string, end: bigint): Promise<void>;
}

const BY_ID = 'id';
const BY_TIME = 'time';
const HUNTS = 'hunts';
const LATEST_MS = 9_999_999_999_999;

type Row = TableEntity<{
  id: string;
  playbook: string;
  createdAtInMs: string;
  requestHash: string;
  trigger: string;
  /** Empty: the home tenant, for a table has no null. */
  tenant?: string;
}>;

/** The index in a table of Azure Table storage (or Azurite). */
export function azureInvestigationIndex(table: TableClient): InvestigationIndex {
  let created: Promise<void> | undefined;
  const ready = () => {
    created ??= createTable(table).catch((error) => {
      created = undefined;
      throw error;
    });
    return created;
  };
  const read = async <T extends object>(partitionKey: string, rowKey: string): Promise<T | null> => {
    await ready();
    try {
      return (await table.getEntity(partitionKey, rowKey)) as T;
    } catch (error) {
      if (error instanceof RestError && error.statusCode === 404) return null;
      throw storageError(error, 'reading the index');
    }
  };
  const get = async (id: string) => {
    const row = await read<Row>(BY_ID, id);
    return row ? fromRow(row) : null;
  };
  return {
    async add(row) {
      await ready();
      const values = { ...row, createdAtInMs: String(row.createdAtInMs), tenant: row.tenant ?? '' };
      try {
        await table.createEntity({ partitionKey: BY_ID, rowKey: row.id, ...values });
      } catch (error) {
        if (!(error instanceof RestError && error.statusCode === 409)) throw storageError(error, 'adding to the index');
        const existing = (await get(row.id))!;
        return { added: false, row: existing };
      }
      const newestFirst = String(LATEST_MS - row.createdAtInMs).padStart(13, '0');
      await table.upsertEntity({ partitionKey: BY_TIME, rowKey: `${newestFirst}-${row.id}`, ...values });
      return { added: true, row };
    },
    get,
    async list(limit) {
      await ready();
      const rows: IndexRow[] = [];
      const entities = table.listEntities<Row>({ queryOptions: { filter: `PartitionKey eq '${BY_TIME}'` } });
      for await (const row of entities) {
        rows.push(fromRow(row));
        if (rows.length >= limit) break;
      }
      return rows;
    },
    async getHuntEnd(hunt) {
      const row = await read<{ end: string }>(HUNTS, hunt);
      return row ? BigInt(row.end) : null;
    },
    async setHuntEnd(hunt, end) {
      await ready();
      await table.upsertEntity({ partitionKey: HUNTS, rowKey: hunt, end: String(end) }, 'Replace');
    },
  };
}

async function createTable(table: TableClient): Promise<void> {
  try {
    await table.createTable();
  } catch (error) {
    if (!(error instanceof RestError && error.statusCode === 409)) throw storageError(error, 'creating the index');
  }
}

function fromRow({ id, playbook, createdAtInMs, requestHash, trigger, tenant }: Row): IndexRow {
  return { id, playbook, createdAtInMs: Number(createdAtInMs), requestHash, trigger, tenant: tenant || null };
}

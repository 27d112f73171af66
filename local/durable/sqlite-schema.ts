import type { ParentLink } from './history.ts';
import type { EntityRow, InstanceRow, RuntimeStatus } from './store.ts';

/** Version of the tables below; a file with a higher one was written by a newer Trailhound. */
export const SCHEMA_VERSION = 1;

/** The tables, made where they are missing. */
export const SCHEMA = `
  create table if not exists instances(
    id text primary key, name text not null, version text, execution_id text not null, input text, output text,
    custom_status text, status text not null, created_at text not null, updated_at text not null, parent text,
    history_length integer not null) without rowid;
  create index if not exists instances_by_status on instances(status);
  create table if not exists history(
    id text not null, position integer not null, event text not null, primary key(id, position)) without rowid;
  create table if not exists inbox(key integer primary key autoincrement, target text not null, event text not null);
  create index if not exists inbox_by_target on inbox(target);
  create table if not exists entities(
    id text primary key, does_exist integer not null, state text, locked_by text, last_operation_at text not null)
    without rowid;
  create table if not exists settings(key text primary key, value text not null) without rowid;`;

export const INSTANCE_COLUMNS =
  'id, name, version, execution_id, input, output, custom_status, status, created_at, updated_at, parent, history_length';

/** A row of the table of instances. */
export interface StoredInstance {
  id: string;
  name: string;
  version: string | null;
  execution_id: string;
  input: string | null;
  output: string | null;
  custom_status: string | null;
  status: string;
  created_at: string;
  updated_at: string;
  parent: string | null;
  history_length: number;
}

/** A row of the table of entities. */
export interface StoredEntity {
  id: string;
  does_exist: number;
  state: string | null;
  locked_by: string | null;
  last_operation_at: string;
}

export const toInstance = (stored: StoredInstance): InstanceRow => ({
  id: stored.id,
  name: stored.name,
  version: stored.version,
  executionId: stored.execution_id,
  input: stored.input,
  output: stored.output,
  customStatus: stored.custom_status,
  status: stored.status as RuntimeStatus,
  createdAt: stored.created_at,
  updatedAt: stored.updated_at,
  parent: stored.parent === null ? null : (JSON.parse(stored.parent) as ParentLink),
  historyLength: stored.history_length,
});

export const toEntity = (stored: StoredEntity): EntityRow => ({
  id: stored.id,
  exists: stored.does_exist === 1,
  state: stored.state,
  lockedBy: stored.locked_by,
  lastOperationAt: stored.last_operation_at,
});

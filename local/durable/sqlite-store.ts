import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { HistoryEvent } from './history.ts';
import {
  INSTANCE_COLUMNS,
  SCHEMA,
  type StoredEntity,
  type StoredInstance,
  toEntity,
  toInstance,
} from './sqlite-schema.ts';
import type {
  Commit,
  DurableStore,
  EntityRow,
  InstanceFilter,
  InstanceRow,
  Message,
  OutgoingMessage,
} from './store.ts';

/** The upper bound of all texts that start with `prefix`. */
const after = (prefix: string): string => `${prefix}\u{10ffff}`;

/**
 * The durable state in one SQLite file, written ahead: what a commit has returned survives the end of the process at
 * any moment.
 */
export class SqliteStore implements DurableStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param file path of the database, or `:memory:` */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    try {
      this.#database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 2000;');
      this.#database.exec(SCHEMA);
    } catch (thrown) {
      this.#database.close();
      throw thrown;
    }
  }

  /** @throws when the file is damaged */
  check(): void {
    const found = this.#database.prepare('pragma quick_check(1)').get()?.['quick_check'];
    if (found !== 'ok') throw new Error(`database disk image is malformed (${String(found)})`);
  }

  getInstance(id: string): InstanceRow | undefined {
    const stored = this.#run(`select ${INSTANCE_COLUMNS} from instances where id = ?`).get(id);
    return stored && toInstance(stored as unknown as StoredInstance);
  }

  listInstances(filter: InstanceFilter): InstanceRow[] {
    const statuses = filter.statuses ?? [];
    const stored = this.#run(
      `select ${INSTANCE_COLUMNS} from instances
       where id > ? and id >= ? and id < ? and created_at >= ? and created_at <= ?
         and (? = '[]' or status in (select value from json_each(?))) order by id limit ?`,
    ).all(
      filter.after ?? '',
      filter.idPrefix ?? '',
      after(filter.idPrefix ?? ''),
      filter.createdFrom ?? '',
      filter.createdTo ?? '9999',
      JSON.stringify(statuses),
      JSON.stringify(statuses),
      filter.limit ?? -1,
    );
    return (stored as unknown as StoredInstance[]).map(toInstance);
  }

  countActive(): number {
    const row = this.#run(
      "select count(*) as n from instances where status in ('Pending', 'Running', 'Suspended')",
    ).get();
    return row!['n'] as number;
  }

  getHistory(id: string): HistoryEvent[] {
    const rows = this.#run('select event from history where id = ? order by position').all(id);
    return rows.map((row) => JSON.parse(row['event'] as string) as HistoryEvent);
  }

  getInbox(target: string): Message[] {
    const rows = this.#run('select key, event from inbox where target = ? order by key').all(target);
    return rows.map((row) => ({ key: row['key'] as number, event: JSON.parse(row['event'] as string) }));
  }

  targetsWithMessages(): string[] {
    return this.#run('select distinct target from inbox')
      .all()
      .map((row) => row['target'] as string);
  }

  getEntity(id: string): EntityRow | undefined {
    const stored = this.#run('select * from entities where id = ?').get(id);
    return stored && toEntity(stored as unknown as StoredEntity);
  }

  listEntities(namePrefix: string): EntityRow[] {
    const stored = this.#run('select * from entities where id >= ? and id < ? order by id').all(
      namePrefix,
      after(namePrefix),
    );
    return (stored as unknown as StoredEntity[]).map(toEntity);
  }

  commit(commit: Commit): Message[] {
    return this.#transaction(() => {
      for (const row of commit.instances ?? []) this.#putInstance(row);
      if (commit.truncate) {
        this.#run('delete from history where id = ? and position >= ?').run(commit.truncate.id, commit.truncate.length);
      }
      if (commit.append) {
        const { id, from, events } = commit.append;
        const insert = this.#run('insert into history values(?, ?, ?)');
        for (const [index, event] of events.entries()) insert.run(id, from + index, JSON.stringify(event));
      }
      for (const key of commit.consumed ?? []) this.#run('delete from inbox where key = ?').run(key);
      if (commit.entity) this.#putEntity(commit.entity);
      return (commit.outgoing ?? []).map((message) => this.#send(message));
    });
  }

  purgeInstance(id: string): void {
    this.#transaction(() => {
      this.#run('delete from instances where id = ?').run(id);
      this.#run('delete from history where id = ?').run(id);
      this.#run('delete from inbox where target = ?').run(id);
    });
  }

  getValue(key: string): string | undefined {
    return this.#run('select value from settings where key = ?').get(key)?.['value'] as string | undefined;
  }

  setValue(key: string, value: string): void {
    this.#run('insert into settings values(?, ?) on conflict(key) do update set value = excluded.value').run(
      key,
      value,
    );
  }

  close(): void {
    this.#database.close();
  }

  #run(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('begin immediate');
    try {
      const result = work();
      this.#database.exec('commit');
      return result;
    } catch (thrown) {
      try {
        this.#database.exec('rollback');
      } catch {
        // SQLite has rolled back by itself, as it does when the disk is full.
      }
      throw thrown;
    }
  }

  #putInstance(row: InstanceRow): void {
    this.#run(`insert or replace into instances(${INSTANCE_COLUMNS}) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      row.id,
      row.name,
      row.version,
      row.executionId,
      row.input,
      row.output,
      row.customStatus,
      row.status,
      row.createdAt,
      row.updatedAt,
      row.parent === null ? null : JSON.stringify(row.parent),
      row.historyLength,
    );
    if (row.historyLength === 0) this.#run('delete from history where id = ?').run(row.id);
  }

  #putEntity(row: EntityRow): void {
    this.#run('insert or replace into entities values(?, ?, ?, ?, ?)').run(
      row.id,
      row.exists ? 1 : 0,
      row.state,
      row.lockedBy,
      row.lastOperationAt,
    );
  }

  #send(message: OutgoingMessage): Message {
    const { lastInsertRowid } = this.#run('insert into inbox(target, event) values(?, ?)').run(
      message.target,
      JSON.stringify(message.event),
    );
    return { key: Number(lastInsertRowid), event: message.event };
  }
}

import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LokiCollection, LokiCollectionOptions, LokiDatabase, LokiDocument } from './load.ts';

/** A journal is folded into its database when it is longer than this and than the database. */
const LEAST_FOLD_SIZE_IN_BYTES = 4 * 1024 * 1024;

/** One change: a document put or deleted, a collection added or removed. */
type Entry =
  | readonly ['put', string, LokiDocument]
  | readonly ['delete', string, number]
  | readonly ['add', string, LokiCollectionOptions]
  | readonly ['remove', string];

/**
 * Makes a LokiJS database of Azurite survive the sudden end of the process. Azurite rewrites the whole database every
 * five seconds and loses what came since; here each change is appended to a journal before the request that made it is
 * answered, and the database is rewritten only when the journal has outgrown it. So what was acknowledged is kept, and
 * the cost of a change does not grow with the database.
 *
 * Journals are numbered: a rewrite begins a new one, and those before it are deleted when the rewrite is on disk.
 * Playing a journal twice does no harm, for an entry says how a document is, not how it changed.
 */
export class LokiJournal {
  readonly #database: LokiDatabase;
  readonly #save: LokiDatabase['saveDatabase'];
  #number: number;
  #file: number;
  #size = 0;
  #isLoading = false;
  #isFolding = false;

  /** Attaches a journal to a database that has not been loaded yet. */
  constructor(database: LokiDatabase) {
    this.#database = database;
    const journals = journalsOf(database.filename);
    if (!existsSync(database.filename)) for (const { path } of journals) rmSync(path);
    this.#number = (journals.at(-1)?.number ?? 0) + 1;
    this.#file = openSync(journalPath(database.filename, this.#number), 'a');
    this.#save = database.saveDatabase.bind(database);
    this.#patch();
  }

  close(): void {
    closeSync(this.#file);
  }

  #patch(): void {
    const database = this.#database;
    database.autosaveDisable();
    (database as { autosave?: boolean }).autosave = false;
    const add = database.addCollection.bind(database);
    const remove = database.removeCollection.bind(database);
    const load = database.loadDatabase.bind(database);
    database.addCollection = (name, options = {}) => {
      const isNew = database.getCollection(name) === null;
      const collection = add(name, options);
      if (isNew) this.#watch(collection);
      if (isNew && !this.#isLoading) this.#write(['add', name, options]);
      return collection;
    };
    database.removeCollection = (name) => {
      remove(name);
      if (!this.#isLoading) this.#write(['remove', name]);
    };
    database.loadDatabase = (options, callback) => {
      this.#isLoading = true;
      load(options, (error) => {
        let failure = error;
        try {
          if (!error) this.#replay();
        } catch (thrown) {
          failure = thrown;
        }
        this.#isLoading = false;
        callback(failure);
      });
    };
    database.saveDatabase = (callback) => this.#fold(callback);
  }

  #watch(collection: LokiCollection): void {
    const each = (given: LokiDocument | LokiDocument[]) => (Array.isArray(given) ? given : [given]);
    const put = (given: LokiDocument | LokiDocument[]) => {
      for (const document of each(given)) this.#write(['put', collection.name, document]);
    };
    collection.on('insert', put);
    collection.on('update', put);
    collection.on('delete', (given) => {
      for (const { $loki } of each(given)) this.#write(['delete', collection.name, $loki]);
    });
  }

  #write(entry: Entry): void {
    try {
      this.#size += writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    } catch (thrown) {
      ftruncateSync(this.#file, this.#size);
      throw thrown;
    }
    if (this.#size > LEAST_FOLD_SIZE_IN_BYTES && !this.#isFolding && this.#size > sizeOf(this.#database.filename)) {
      this.#fold();
    }
  }

  /** Rewrites the database and begins a new journal. */
  #fold(callback?: (error: unknown) => void): void {
    const before = this.#file;
    this.#number++;
    this.#file = openSync(journalPath(this.#database.filename, this.#number), 'a');
    this.#size = 0;
    closeSync(before);
    this.#isFolding = true;
    const first = this.#number;
    this.#save((error) => {
      this.#isFolding = false;
      if (!error) {
        for (const { number, path } of journalsOf(this.#database.filename))
          if (number < first) rmSync(path, { force: true });
      }
      callback?.(error);
    });
  }

  #replay(): void {
    const documents = new Map<string, Map<number, LokiDocument>>();
    const documentsOf = (name: string): Map<number, LokiDocument> => {
      let known = documents.get(name);
      if (!known) {
        const data = this.#database.getCollection(name)?.data ?? [];
        known = new Map(data.map((document) => [document.$loki, document]));
        documents.set(name, known);
      }
      return known;
    };
    for (const entry of entriesOf(this.#database.filename)) {
      const name = entry[1];
      if (entry[0] === 'put') documentsOf(name).set(entry[2].$loki, entry[2]);
      else if (entry[0] === 'delete') documentsOf(name).delete(entry[2]);
      else if (entry[0] === 'add') this.#database.addCollection(name, entry[2]);
      else {
        if (this.#database.getCollection(name)) this.#database.removeCollection(name);
        documents.delete(name);
      }
    }
    for (const [name, byId] of documents) {
      const collection = this.#database.getCollection(name);
      if (!collection) continue;
      collection.data = [...byId.values()];
      for (const id of byId.keys()) collection.maxId = Math.max(collection.maxId, id);
      collection.ensureId();
      collection.ensureAllIndexes(true);
      collection.dirty = true;
    }
  }
}

const journalPath = (database: string, number: number): string => `${database}.journal-${number}`;

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

/** The journals of a database in the order in which they were written. */
function journalsOf(database: string): { number: number; path: string }[] {
  const folder = dirname(database);
  const prefix = `${basename(database)}.journal-`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ number: Number(name.slice(prefix.length)), path: join(folder, name) }))
    .sort((a, b) => a.number - b.number);
}

/** A last line that was cut off belongs to a change that was never acknowledged. */
function* entriesOf(database: string): Generator<Entry> {
  for (const { path } of journalsOf(database)) {
    const text = readFileSync(path, 'utf8');
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line !== '') yield JSON.parse(line) as Entry;
    }
  }
}

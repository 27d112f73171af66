import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { TrailhoundError } from '../../lib/errors.ts';

/** A change of one document, or of a list of them. */
type ChangeListener = (documents: LokiDocument | LokiDocument[]) => void;

export interface LokiDocument {
  $loki: number;
  [field: string]: unknown;
}

/** The part of a LokiJS collection that the journal needs. */
export interface LokiCollection {
  readonly name: string;
  data: LokiDocument[];
  maxId: number;
  dirty: boolean;
  uniqueNames: string[];
  binaryIndices: Record<string, unknown>;
  disableMeta?: boolean;
  on(event: 'insert' | 'update' | 'delete', listener: ChangeListener): void;
  ensureId(): void;
  ensureAllIndexes(force: boolean): void;
}

export interface LokiCollectionOptions {
  indices?: string[];
  unique?: string[];
  disableMeta?: boolean;
}

/** The part of a LokiJS database that the journal needs. */
export interface LokiDatabase {
  readonly filename: string;
  readonly collections: LokiCollection[];
  getCollection(name: string): LokiCollection | null;
  addCollection(name: string, options?: LokiCollectionOptions): LokiCollection;
  removeCollection(name: string): void;
  loadDatabase(options: object, callback: (error: unknown) => void): void;
  saveDatabase(callback?: (error: unknown) => void): void;
  autosaveDisable(): void;
}

/** An account of the emulator with its key. */
export interface AzuriteAccount {
  readonly name: string;
  readonly key1: Buffer;
}

export interface AzuriteServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
  /** Stores of a LokiJS database each. */
  readonly metadataStore: { db: LokiDatabase };
  readonly extentMetadataStore?: { db: LokiDatabase };
  readonly accountDataStore: { getAccount(name: string): AzuriteAccount | undefined };
}

type Constructor<T> = new (...args: unknown[]) => T;

/** The six classes of Azurite that make up its three servers. */
export interface AzuriteClasses {
  readonly BlobConfiguration: Constructor<object>;
  readonly BlobServer: Constructor<AzuriteServer>;
  readonly QueueConfiguration: Constructor<object>;
  readonly QueueServer: Constructor<AzuriteServer>;
  readonly TableConfiguration: Constructor<object>;
  readonly TableServer: Constructor<AzuriteServer>;
}

/** Where the bundle lies: beside a bundled command line, or under the repository's `dist/`. */
const BUNDLES = ['./azurite.cjs', '../../dist/azurite.cjs'];

/** Loads Azurite from its bundle where that has been built, else from node_modules. */
export function loadAzurite(): AzuriteClasses {
  const require = createRequire(import.meta.url);
  for (const relative of BUNDLES) {
    const file = fileURLToPath(new URL(relative, import.meta.url));
    if (existsSync(file)) return require(file) as AzuriteClasses;
  }
  const load = (path: string) => (require(`azurite/dist/src/${path}`) as { default: unknown }).default;
  try {
    return {
      BlobConfiguration: load('blob/BlobConfiguration'),
      BlobServer: load('blob/BlobServer'),
      QueueConfiguration: load('queue/QueueConfiguration'),
      QueueServer: load('queue/QueueServer'),
      TableConfiguration: load('table/TableConfiguration'),
      TableServer: load('table/TableServer'),
    } as AzuriteClasses;
  } catch (thrown) {
    throw new TrailhoundError('unavailable', 'the storage emulator (azurite) is not installed', {
      hint: 'Run npm install, or npm run build.',
      cause: thrown,
    });
  }
}

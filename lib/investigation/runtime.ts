import type { Warning } from '../outcome.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { InvestigationIndex } from '../storage/investigation-index.ts';
import type { VerbServices } from '../verbs/services.ts';

/** The bounds of one investigation. */
export interface Budget {
  readonly queries: number;
  readonly rows: number;
  readonly wallTimeInMs: number;
  readonly stepTimeoutInMs: number;
}

/** The local data of an investigation: what of it could not be read, and the time that it covers. */
export interface DataDescription {
  /** In ticks, the end exclusive; null where no row has a time. */
  readonly extent: { readonly start: bigint; readonly end: bigint } | null;
  readonly warnings: readonly Warning[];
}

/** What activities work with; one per process, made from the settings. */
export interface Runtime {
  readonly blobs: BlobStore;
  readonly index: InvestigationIndex;
  /** A folder on this machine's disk for copies of blobs and loaded local data; may be emptied at any time. */
  readonly cacheFolder: string;
  readonly budget: Budget;
  readonly versions: Readonly<Record<string, string>>;
  /** Providers and lookups for one step: the local provider over these files and folders, results in the step's own folder. */
  services(dataPaths: readonly string[], scratchFolder: string): VerbServices;
  /** What is known of the local data of an investigation once it is loaded. */
  describeData(dataPaths: readonly string[]): Promise<DataDescription>;
}

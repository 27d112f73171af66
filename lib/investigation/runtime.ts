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
  /** The time that the local data covers, in ticks, the end exclusive; null where there is no local data. */
  dataExtent(dataPaths: readonly string[], signal?: AbortSignal): Promise<{ start: bigint; end: bigint } | null>;
}

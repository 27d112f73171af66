import type { Settings } from '../config/settings.ts';
import type { Warning } from '../outcome.ts';
import type { Connections } from '../providers/index.ts';
import { type BlobStore, blobsUnder } from '../storage/blob-store.ts';
import type { InvestigationIndex } from '../storage/investigation-index.ts';
import type { VerbServices } from '../verbs/services.ts';

/** The local data of an investigation: what of it could not be read, and the time that it covers. */
export interface DataDescription {
  /** In ticks, the end exclusive; null where no row has a time. */
  readonly extent: { readonly start: bigint; readonly end: bigint } | null;
  readonly warnings: readonly Warning[];
}

/** What decides whom the steps of an investigation reach; stored with its plan. */
export interface Reach {
  /** The settings as they were at its start, without secrets. */
  readonly settings: Settings;
  readonly workspace: string | null;
  readonly tenant: string | null;
  readonly dataPaths: readonly string[];
}

/** What activities work with; one per process, made from the settings. */
export interface Runtime {
  readonly blobs: BlobStore;
  readonly index: InvestigationIndex;
  /** A folder on this machine's disk for copies of blobs and loaded local data; may be emptied at any time. */
  readonly cacheFolder: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The settings as they are now: investigations that begin take a copy. */
  settings(): Settings;
  /** Connections for the settings of an investigation. */
  connections(settings: Settings): Connections;
  /** Providers and lookups for one step, with results in the step's own folder. */
  services(reach: Reach, scratchFolder: string): VerbServices;
  /** What is known of the local data of an investigation once it is loaded. */
  describeData(dataPaths: readonly string[]): Promise<DataDescription>;
}

/** A runtime whose blobs are those of one tenant; of the home tenant if it is null. */
export function runtimeOfTenant<Given extends Pick<Runtime, 'blobs'>>(runtime: Given, tenant: string | null): Given {
  return tenant === null ? runtime : { ...runtime, blobs: blobsUnder(runtime.blobs, `tenants/${tenant}`) };
}

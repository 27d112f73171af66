import type { QueryProvider } from '../providers/provider.ts';
import type { UploadRequest } from '../providers/upload.ts';
import type { UploadResult } from '../providers/upload-batches.ts';
import type { LookupCache } from '../storage/lookup-cache.ts';
import type { Table } from '../tables/index.ts';

/** What verbs that run on the main thread may reach of the world. */
export interface VerbServices {
  /** A configured query provider; an unknown name is a usage error that lists the known ones. */
  provider(name: string): Promise<QueryProvider>;
  readonly cache: LookupCache;
  /**
   * The value of a setting that may refer to a secret (`kv:name`, `env:NAME`), read at the moment of use; undefined
   * if it is not set. The value must never be stored, logged or put into an error.
   */
  secret(setting: string): Promise<string | undefined>;
  /** A setting's plain value from `threat-intel.<provider>.<key>` and the like; undefined if it is not set. */
  setting(path: string): unknown;
  readonly fetch: typeof fetch;
  /** Uploads a table to Sentinel, Splunk or Blob Storage; absent where nothing can be reached. */
  upload?(table: Table, request: UploadRequest, signal?: AbortSignal): Promise<UploadResult>;
}

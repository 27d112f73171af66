import { createHash } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import { cellText, type Table, withColumns } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import type { FileResources } from './file-provider.ts';
import { uploadLogs } from './logs-ingestion.ts';
import { uploadToSplunk } from './splunk-upload.ts';
import { checkTenant, type InvestigationScope, tenantOf } from './tenancy.ts';
import type { UploadResult } from './upload-batches.ts';

export interface UploadRequest {
  /** `sentinel`, or the name of a provider of type `splunk` or `blob-storage`. */
  readonly to: string;
  /** Stream of the data collection rule; default: that of the settings. */
  readonly stream?: string | undefined;
  /** Splunk's index; default: the token's own. */
  readonly index?: string | undefined;
  /** The blob's name, below the provider's prefix; its ending is the format. Default: `name` and a hash of the rows. */
  readonly blob?: string | undefined;
  /** The table's name. */
  readonly name?: string | undefined;
  /** A column with a hash of each row is added, but for blobs: a row that came twice is told by it. */
  readonly rowIdColumn: string;
}

export interface UploadOptions {
  /** Where a blob lies on its way. */
  readonly files: FileResources;
  /** Default: about no workspace in particular. */
  readonly scope?: InvestigationScope;
  readonly signal?: AbortSignal;
}

/**
 * Uploads a table. Uploading may happen twice (an answer was lost, a process ended): equal rows have equal ids, and equal
 * tables go to the same blob.
 *
 * @throws usage: the target is not configured · unauthorized: it belongs to another tenant
 */
export async function uploadTable(
  connections: Connections,
  table: Table,
  { to, stream, index, blob, name = 'rows', rowIdColumn }: UploadRequest,
  { files, scope = {}, signal }: UploadOptions,
): Promise<UploadResult> {
  checkTarget(to, connections.settings, scope);
  const ids = rowIds(table, rowIdColumn);
  const rows = withColumns(table, [ids]);
  const asked = signal ? { signal } : {};
  if (to === 'sentinel')
    return uploadLogs(connections, rows, { ...asked, ...(stream === undefined ? {} : { stream }) });
  const { providers } = connections.settings;
  const settings = Object.hasOwn(providers, to) ? providers[to] : undefined;
  if (settings?.type === 'splunk') {
    return uploadToSplunk(connections, settings, rows, { ...asked, ...(index === undefined ? {} : { index }) });
  }
  if (settings?.type === 'blob-storage') {
    const { blobStorage } = await import('./blob-storage.ts');
    const target = blob ?? `${name.replace(/[^A-Za-z0-9_-]+/g, '_')}-${hashOf(table, ids)}.parquet`;
    const stored = await blobStorage(to, settings, connections, files).put(target, table, asked);
    return { sentRows: table.rowCount, problems: [], stored };
  }
  const names = Object.entries(providers).flatMap(([each, { type }]) =>
    type === 'splunk' || type === 'blob-storage' ? each : [],
  );
  throw new TrailhoundError('usage', `rows cannot be uploaded to "${to}"`, {
    hint: `There are: ${['sentinel', ...names].join(', ')}`,
  });
}

/** The data collection rule of the settings is the home tenant's; of other targets, the tenant that the settings say. */
function checkTarget(to: string, settings: Settings, scope: InvestigationScope): void {
  const target = Object.hasOwn(settings.providers, to) ? settings.providers[to] : undefined;
  if (target) checkTenant(to, target, settings, scope);
  const tenant = tenantOf(settings, scope.workspace);
  if (target || to !== 'sentinel' || tenant === null) return;
  throw new TrailhoundError(
    'unauthorized',
    `the investigation belongs to tenant ${tenant}, and \`ingestion\` to the home tenant`,
    {
      hint: 'Its rows stay in its own tables; upload them from there, or with an app of that tenant.',
    },
  );
}

/** A hash of a table's columns and rows. */
function hashOf({ columns }: Table, ids: Table['columns'][number]): string {
  const schema = columns.map(({ name, type }) => [name, type]);
  return createHash('sha256')
    .update(JSON.stringify([schema, ids.values]))
    .digest('hex')
    .slice(0, 16);
}

function rowIds(table: Table, name: string): Table['columns'][number] {
  const values = Array.from({ length: table.rowCount }, (_, row) => {
    const cells = table.columns.map((column) => [column.name, cellText(column, row)]);
    return createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 32);
  });
  return { name, type: 'string', values };
}

import { createHash } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import { cellText, type Table, withColumns } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { uploadLogs } from './logs-ingestion.ts';
import { uploadToSplunk } from './splunk-upload.ts';
import { checkTenant, type InvestigationScope, tenantOf } from './tenancy.ts';
import type { UploadResult } from './upload-batches.ts';

export interface UploadRequest {
  /** `sentinel`, or the name of a provider of type `splunk`. */
  readonly to: string;
  /** Stream of the data collection rule; default: that of the settings. */
  readonly stream?: string | undefined;
  /** Splunk's index; default: the token's own. */
  readonly index?: string | undefined;
  /** A column with a hash of each row is added: a row that came twice is told by it. */
  readonly rowIdColumn: string;
}

/**
 * Uploads a table. Uploading may happen twice (an answer was lost, a process ended): equal rows have equal ids.
 *
 * @throws usage: the target is not configured · unauthorized: it belongs to another tenant
 */
export async function uploadTable(
  connections: Connections,
  table: Table,
  { to, stream, index, rowIdColumn }: UploadRequest,
  { signal, scope = {} }: { readonly signal?: AbortSignal; readonly scope?: InvestigationScope } = {},
): Promise<UploadResult> {
  checkTarget(to, connections.settings, scope);
  const rows = withColumns(table, [rowIds(table, rowIdColumn)]);
  const asked = signal ? { signal } : {};
  if (to === 'sentinel')
    return uploadLogs(connections, rows, { ...asked, ...(stream === undefined ? {} : { stream }) });
  const { providers } = connections.settings;
  const settings = Object.hasOwn(providers, to) ? providers[to] : undefined;
  if (settings?.type === 'splunk') {
    return uploadToSplunk(connections, settings, rows, { ...asked, ...(index === undefined ? {} : { index }) });
  }
  const names = Object.entries(providers).flatMap(([name, { type }]) => (type === 'splunk' ? name : []));
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

function rowIds(table: Table, name: string): Table['columns'][number] {
  const values = Array.from({ length: table.rowCount }, (_, row) => {
    const cells = table.columns.map((column) => [column.name, cellText(column, row)]);
    return createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 32);
  });
  return { name, type: 'string', values };
}

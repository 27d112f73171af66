import { TrailhoundError } from '../errors.ts';
import type { Connections } from '../providers/connections.ts';
import { redact } from '../redaction.ts';
import type { Check } from './check.ts';
import { roleGrant } from './grants.ts';

const PROBE = 'doctor/probe';

/** Whether blobs can be written, read and removed where investigations are kept, and tables be read. */
export function storageCheck(connections: Connections): Check {
  const { storage } = connections.settings;
  return {
    name: 'storage',
    grant: (principalId) => {
      const account = '<id of the storage account>';
      const blob = roleGrant('Storage Blob Data Contributor', account, principalId);
      const table = roleGrant('Storage Table Data Contributor', account, principalId);
      return { hint: `${blob.hint} ${table.hint}`, command: `${blob.command}\n${table.command}` };
    },
    async run(signal) {
      const { accountUrl, connectionString } = storage;
      if (!accountUrl && !connectionString) {
        return {
          status: 'skipped',
          detail: 'none is set: the embedded host uses its own',
          hint: 'In Azure, set storage.accountUrl.',
        };
      }
      try {
        await probe(connections, signal);
      } catch (error) {
        throw storageError(error);
      }
      return { status: 'ok', detail: `the container ${storage.container} and the tables can be used` };
    },
  };
}

async function probe(connections: Connections, signal: AbortSignal): Promise<void> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const { TableServiceClient } = await import('@azure/data-tables');
  const { accountUrl, connectionString, container, tableUrl } = connections.settings.storage;
  const retryOptions = { maxTries: 1 };
  const text = connectionString ? await connections.secrets.read(connectionString) : undefined;
  const blobs = text
    ? BlobServiceClient.fromConnectionString(text, { retryOptions })
    : new BlobServiceClient(accountUrl!, connections.credential(), { retryOptions });
  const client = blobs.getContainerClient(container);
  await client.createIfNotExists({ abortSignal: signal });
  const blob = client.getBlockBlobClient(PROBE);
  await blob.uploadData(Buffer.from('probe'), { abortSignal: signal });
  await blob.delete({ abortSignal: signal });
  const tables = text
    ? TableServiceClient.fromConnectionString(text, { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } })
    : new TableServiceClient(tableUrl ?? accountUrl!.replace('.blob.', '.table.'), connections.credential(), {
        retryOptions: { maxRetries: 0 },
      });
  await tables.listTables({ abortSignal: signal }).next();
}

function storageError(error: unknown): TrailhoundError {
  if (error instanceof TrailhoundError) return error;
  const { statusCode, message = String(error) } = error as { statusCode?: number; message?: string };
  const text = redact(message.split('\n')[0]!.slice(0, 300));
  return new TrailhoundError(
    statusCode === 401 || statusCode === 403 ? 'unauthorized' : 'unavailable',
    `storage: ${text}`,
  );
}

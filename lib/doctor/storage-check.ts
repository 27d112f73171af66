import { TrailhoundError } from '../errors.ts';
import type { Connections } from '../providers/connections.ts';
import { redact } from '../redaction.ts';
import type { Check } from './check.ts';
import { roleGrant } from './grants.ts';
import { storageScope } from './provider-grants.ts';

const PROBE = 'doctor/probe';

/** Whether blobs can be written, read and removed where investigations are kept, and tables be read. */
export function storageCheck(connections: Connections): Check {
  const { storage } = connections.settings;
  return {
    name: 'storage',
    grant: (who) => {
      if (!storage.accountUrl) return undefined;
      const scope = storageScope(storage.accountUrl);
      const [blob, table] = ['Storage Blob Data Contributor', 'Storage Table Data Contributor'].map((role) =>
        roleGrant(role, scope, connections.cloud(), who),
      );
      return { hint: `${blob!.hint} ${table!.hint}`, command: `${blob!.command}\n${table!.command}` };
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

/** What storage refuses for other reasons than a missing role. Source: learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
const HINTS: Readonly<Record<string, string>> = {
  AuthorizationFailure:
    'Its firewall keeps this network out: az storage account network-rule add --account-name <name> --ip-address <address>',
  AuthenticationFailed:
    "The key is not the account's (or the clock is wrong): az storage account show-connection-string --name <name>",
  KeyBasedAuthenticationNotPermitted:
    'The account takes no keys: set storage.accountUrl in the place of storage.connectionString.',
};

function storageError(error: unknown): TrailhoundError {
  if (error instanceof TrailhoundError) return error;
  const {
    statusCode,
    code = '',
    message = String(error),
  } = error as { statusCode?: number; code?: string; message?: string };
  const text = redact(message.split('\n')[0]!.slice(0, 300));
  const hint = HINTS[code];
  // What a hint is known for is no matter of a role.
  const isRole = (statusCode === 401 || statusCode === 403) && hint === undefined;
  return new TrailhoundError(
    isRole ? 'unauthorized' : 'unavailable',
    code && !text.includes(code) ? `${code}: ${text}` : text,
    {
      hint,
    },
  );
}

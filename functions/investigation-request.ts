import { createHash, randomUUID } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { Settings } from '../lib/config/settings.ts';
import { ID_PATTERN, type InvestigationRequest } from '../lib/investigation/index.ts';
import { RequestError } from '../lib/playbooks/index.ts';
import { tenantOf } from '../lib/providers/index.ts';
import { ticksFromIso } from '../lib/tables/index.ts';

const datetime = z
  .string()
  .refine((text) => ticksFromIso(text) !== null, 'is not an ISO 8601 datetime')
  .describe('ISO 8601, as 2026-03-04T05:00:00Z');

const tableSchema = z.strictObject({
  format: z.enum(['csv', 'tsv', 'jsonl', 'json', 'parquet']),
  /** Text; Parquet as base64. */
  content: z.string(),
});

/** What `POST /api/investigations` takes. */
export const requestBodySchema = z.strictObject({
  playbook: z.string().min(1).max(1024).describe('Name of a playbook'),
  inputs: z.record(z.string(), z.unknown()).default({}).describe('Inputs of the playbook'),
  timeRange: z
    .strictObject({ start: datetime, end: datetime })
    .refine(({ start, end }) => (ticksFromIso(start) ?? 0n) < (ticksFromIso(end) ?? 0n), 'must end after it starts')
    .optional()
    .describe('The end is exclusive; default: what the local data covers'),
  now: datetime.optional().describe('Virtual now; default: the end of the time range'),
  id: z.string().regex(ID_PATTERN, 'is not an id: 3 to 63 of a-z, 0-9 and "-"').optional(),
  workspace: z.string().min(1).max(63).optional().describe('Name of the workspace of the settings that it is about'),
  tables: z.record(z.string(), tableSchema).default({}).describe('Tables for inputs of type table'),
});

export type SentTables = z.output<typeof requestBodySchema>['tables'];

const EXAMPLES: Readonly<Record<string, string>> = {
  playbook: '"host-triage"',
  inputs: '{"host": "ws-17"}',
  timeRange: '{"start": "2026-03-04T00:00:00Z", "end": "2026-03-05T00:00:00Z"}',
  now: '"2026-03-05T00:00:00Z"',
  id: '"triage-ws-17"',
  workspace: '"soc"',
  tables: '{"indicators": {"format": "csv", "content": "Observable\\n192.0.2.7"}}',
};

/**
 * A request from a body, with every problem listed by field. The id is the caller's, or comes from the
 * `Idempotency-Key` header (the same key, the same id), or is new.
 */
export function parseRequest(
  body: Record<string, unknown>,
  headers: HttpRequest['headers'],
  { dataPaths, settings }: { readonly dataPaths: readonly string[]; readonly settings: () => Settings },
): { request: InvestigationRequest; sent: SentTables } {
  const parsed = requestBodySchema.safeParse(body);
  if (!parsed.success) {
    throw new RequestError(
      parsed.error.issues.map((issue) => {
        const field = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.');
        const problem = issue.code === 'unrecognized_keys' ? 'is not a field of a request' : issue.message;
        return {
          field,
          problem,
          example: EXAMPLES[String(issue.path[0])] ?? JSON.stringify({ playbook: 'host-triage' }),
        };
      }),
    );
  }
  const { playbook, inputs, timeRange, now, tables, workspace = null } = parsed.data;
  const key = headers.get('idempotency-key');
  const id =
    parsed.data.id ?? (key ? `key-${createHash('sha256').update(key).digest('hex').slice(0, 32)}` : randomUUID());
  return {
    request: {
      id,
      playbook,
      inputs,
      tables: {},
      timeRange: timeRange ?? null,
      now: now ?? null,
      workspace,
      tenant: tenantOf(settings(), workspace),
      dataPaths,
      trigger: { kind: 'http' },
    },
    sent: tables,
  };
}

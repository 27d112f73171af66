import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { SEVERITIES } from '../outcome.ts';
import { KQL_TYPES } from '../tables/index.ts';

/** Ids of investigations: they name blobs, rows and orchestration instances. */
export const ID_PATTERN = /^[a-z0-9][a-z0-9-]{2,62}$/;

export const errorSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  hint: z.string().exactOptional(),
});

export const stepResultSchema = z.object({
  name: z.string(),
  verb: z.string(),
  status: z.enum(['succeeded', 'failed', 'skipped']),
  rowsIn: z.number(),
  rowsOut: z.number(),
  /** True if rows are missing from its output; a warning says why. */
  partial: z.boolean(),
  /** What of the investigation's budget it used: questions, rows of queries, requests for look-ups. */
  spent: z.object({
    queries: z.int().exactOptional(),
    rows: z.int().exactOptional(),
    lookups: z.int().exactOptional(),
  }),
  /** Of a query to a service: what the service told before it was asked. */
  cost: z.object({ rows: z.number(), sizeInBytes: z.number(), durationInMs: z.number() }).exactOptional(),
  error: errorSchema.nullable(),
  durationInMs: z.number(),
});

export const findingSchema = z.object({
  rank: z.int(),
  score: z.number().min(0).max(100),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  reason: z.string(),
  techniques: z.array(z.string()),
  entities: z.array(z.object({ kind: z.string(), id: z.string() })),
  evidence: z.array(
    z.object({ table: z.string(), row: z.int(), time: z.string().nullable(), excerpt: z.string().max(1000) }),
  ),
});

/** The document of an investigation: what `trailhound run --json` prints and `GET /api/investigations/{id}` gives. */
export const documentSchema = z.object({
  id: z.string().regex(ID_PATTERN),
  playbook: z.string(),
  status: z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']),
  startedAt: z.string(),
  durationInMs: z.number(),
  inputs: z.record(z.string(), z.unknown()),
  timeRange: z.object({ start: z.string(), end: z.string(), now: z.string() }).nullable(),
  /** Why the whole of it failed; null otherwise. */
  error: errorSchema.nullable(),
  steps: z.array(stepResultSchema),
  tables: z.array(
    z.object({
      name: z.string(),
      rows: z.int(),
      columns: z.array(z.object({ name: z.string(), type: z.enum(KQL_TYPES) })),
      parts: z.array(z.object({ path: z.string(), rows: z.int(), sha256: z.string() })),
    }),
  ),
  findings: z.array(findingSchema),
  /** Findings that an allow-list suppressed, with the entry that did it. */
  suppressed: z.array(findingSchema.omit({ rank: true }).extend({ suppressedBy: z.string() })),
  verdicts: z.array(
    z.object({
      type: z.string(),
      value: z.string(),
      verdict: z.enum(['malicious', 'suspicious', 'benign', 'unknown']),
      score: z.number(),
      sources: z.array(
        z.object({
          provider: z.string(),
          verdict: z.string(),
          detail: z.string(),
          ageInMs: z.number().exactOptional(),
        }),
      ),
    }),
  ),
  artifacts: z.array(z.object({ name: z.string(), kind: z.string(), path: z.string(), sha256: z.string() })),
  report: z.object({ html: z.string(), markdown: z.string(), json: z.string() }).nullable(),
  warnings: z.array(z.object({ code: z.string(), message: z.string(), step: z.string().nullable() })),
  versions: z.record(z.string(), z.string()),
});

export type InvestigationDocument = z.output<typeof documentSchema>;
export type DocumentFinding = InvestigationDocument['findings'][number];
export type StepResult = z.output<typeof stepResultSchema>;

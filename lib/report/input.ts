import type { ErrorInfo } from '../errors.ts';
import type { Finding, Verdict, Warning } from '../outcome.ts';
import type { TableSchema, TableSource } from '../tables/index.ts';

/** A finding with its place among all findings of the investigation: 1 is the one to read first. */
export interface RankedFinding extends Finding {
  readonly rank: number;
}

export interface ReportStep {
  readonly name: string;
  readonly verb: string;
  readonly status: 'succeeded' | 'failed' | 'skipped';
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly partial: boolean;
  readonly error: ErrorInfo | null;
}

export interface ReportPart {
  /** Relative to the report: `processes/1f…/processes/part-0.parquet`. */
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
}

export interface ReportTable {
  readonly name: string;
  /** The verb of the step that made it. */
  readonly verb: string;
  readonly rows: number;
  readonly columns: TableSchema;
  readonly parts: readonly ReportPart[];
}

export interface ReportArtifact {
  readonly name: string;
  readonly kind: 'png' | 'html' | 'csv' | 'json';
  /** Relative to the report. */
  readonly path: string;
}

/**
 * What an investigation came to, as the report tells it. Nothing here belongs to one run alone: no id, no clock time
 * of the run and no duration, so that the same inputs give the same report, byte for byte.
 */
export interface ReportSubject {
  readonly playbook: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Half-open, ISO 8601; null where the playbook has no time range. */
  readonly timeRange: { readonly start: string; readonly end: string } | null;
  /** Where the data came from: a provider, the names of files. */
  readonly sources: readonly string[];
  readonly steps: readonly ReportStep[];
  readonly tables: readonly ReportTable[];
  /** Of all steps, in any order; those with `suppressedBy` are listed apart. */
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
  readonly artifacts: readonly ReportArtifact[];
  readonly warnings: readonly (Warning & { readonly step?: string | undefined })[];
  /** Part → version: the app, its content, engines. */
  readonly versions: Readonly<Record<string, string>>;
}

/** How the report reaches tables and pictures while it gathers what it shows. */
export interface ReportReaders {
  /** The rows of a table of the subject. */
  table(name: string): TableSource | Promise<TableSource>;
  /** The bytes of an artifact, by its relative path; null if it is gone. */
  artifact(path: string): Promise<Uint8Array | null>;
}

/** First rows of a table, as text. */
export interface TablePreview {
  readonly columns: TableSchema;
  /** null: no value. Each cell cut at 2,000 characters, with the count. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface DecodedCommand {
  readonly table: string;
  /** 0-based row of that table. */
  readonly row: number;
  /** The decoded text, cut, and how long it is in full. */
  readonly text: string;
  readonly characters: number;
  /** The whole command with the text in its place, cut; null if that says no more. */
  readonly command: string | null;
  /** Name → value: how it was encoded, where it stood… */
  readonly details: Readonly<Record<string, string>>;
  /** How many rows decode to this text. */
  readonly count: number;
}

export interface Indicator {
  readonly type: string;
  readonly value: string;
  /** Rows in which it was seen; 0 if only a lookup names it. */
  readonly count: number;
  /** Tables that hold it. */
  readonly tables: readonly string[];
  readonly verdict: Verdict | null;
}

export interface Picture extends ReportArtifact {
  /** Null if it is too large for the page, which then only links to it. */
  readonly png: Uint8Array | null;
  readonly width: number;
  readonly height: number;
  /** The interactive page of the same name, if there is one. */
  readonly page: string | null;
}

/** A list that may be longer than what is shown. */
export interface Shown<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** Everything that `renderReport` needs: plain data, read once. */
export interface ReportInput extends Omit<ReportSubject, 'findings'> {
  readonly findings: readonly RankedFinding[];
  readonly suppressed: readonly Finding[];
  /** By `table#row`: the whole row of the evidence of the first findings, column → text. */
  readonly evidenceRows: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly previews: ReadonlyMap<string, TablePreview>;
  readonly decoded: Shown<DecodedCommand>;
  readonly indicators: Shown<Indicator>;
  readonly pictures: readonly Picture[];
}

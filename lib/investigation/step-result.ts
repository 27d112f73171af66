import type { Finding, Verdict, Warning } from '../outcome.ts';
import type { TableSchema } from '../tables/index.ts';
import type { Spending } from '../verbs/budget.ts';

/** A table that a step stored: names of blobs, not rows. */
export interface StoredTable {
  readonly name: string;
  readonly schema: TableSchema;
  readonly parts: readonly {
    readonly blob: string;
    readonly rowCount: number;
    readonly sizeInBytes: number;
    readonly sha256: string;
  }[];
}

/** Everything a step left behind, itself a blob beside its tables (`result.json`). */
export interface StoredStepResult {
  readonly step: string;
  readonly verb: string;
  readonly tables: readonly StoredTable[];
  readonly artifacts: readonly {
    readonly name: string;
    readonly kind: string;
    readonly blob: string;
    readonly sha256: string;
  }[];
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly Warning[];
  readonly partial: boolean;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly spent: Spending;
}

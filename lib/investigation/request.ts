import type { ErrorInfo } from '../errors.ts';
import type { Budget, BudgetKind, Spending } from '../verbs/budget.ts';

/** Where an investigation came from. Only `sentinel` has somewhere to publish to. */
export type Trigger =
  | { readonly kind: 'http' }
  | { readonly kind: 'hunt'; readonly hunt: string }
  | { readonly kind: 'sentinel'; readonly incident: IncidentReference };

/** What publishing needs to know of an incident. */
export interface IncidentReference {
  /** The incident's ARM id. */
  readonly armId: string;
  readonly title: string;
}

/** What an orchestration is started with: small, plain, without secrets. Times are ISO 8601. */
export interface InvestigationRequest {
  readonly id: string;
  readonly playbook: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Tables that came along: input's name → SHA-256 of the stored table. They are stored before the start. */
  readonly tables: Readonly<Record<string, string>>;
  readonly timeRange: { readonly start: string; readonly end: string } | null;
  readonly now: string | null;
  /** Name of the workspace that it is about, of the settings; null: none in particular. */
  readonly workspace: string | null;
  /** The tenant of that workspace, under which all of it lies; null: the home tenant. */
  readonly tenant: string | null;
  /** Files and folders of the local provider: a snapshot of the setting, so that editing it disturbs nothing. */
  readonly dataPaths: readonly string[];
  readonly trigger: Trigger;
}

/** What the orchestration needs to know of a step. */
export interface PlannedOutline {
  readonly verb: string;
  readonly needs: readonly string[];
  /** Its failure or absence does not count. */
  readonly optional: boolean;
  /** What of the budget it uses. */
  readonly spends: readonly BudgetKind[];
  /** For a query to a service, which is asked in parts of time where its limits make that necessary. */
  readonly chunked: ChunkedQuery | null;
}

/** What to know of a query to a service. */
export interface ChunkedQuery {
  /** Rows beyond are not asked for. */
  readonly maxRows: number;
  /** Whether a search job gathers the rows first. */
  readonly searchJob: boolean;
  /** What has to be held while the service is asked: a lease for each identity. */
  readonly leases: readonly string[];
}

/** What a query would give, as far as the service could tell before it was asked. */
export interface QueryCost {
  readonly rows: number;
  readonly sizeInBytes: number;
  /** How long the service took to tell. */
  readonly durationInMs: number;
}

/** A plan that was stored, as the orchestration sees it: small enough for the history. */
export interface PlannedInvestigation {
  readonly waves: readonly (readonly string[])[];
  readonly steps: Readonly<Record<string, PlannedOutline>>;
  /** Steps that have not begun by then are skipped, and queries that are asked in parts end. */
  readonly deadlineInMs: number;
  readonly budget: Budget;
}

/** What one step came to, as the orchestration sees it: counts and a reference, never rows. */
export interface StepOutcome {
  readonly step: string;
  readonly status: 'succeeded' | 'failed' | 'skipped';
  /** Name of the blob with its tables, artifacts, findings and warnings; null unless it succeeded. */
  readonly result: string | null;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly partial: boolean;
  /** What of the budget it used. */
  readonly spent: Spending;
  /** Of a query to a service: what was known before it was asked. */
  readonly cost?: QueryCost | null;
  readonly error: ErrorInfo | null;
  readonly durationInMs: number;
}

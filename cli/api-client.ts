import type { ErrorCode } from '../lib/errors.ts';
import { TrailhoundError } from '../lib/errors.ts';
import type { InvestigationDocument } from '../lib/investigation/document.ts';

/** What `POST /api/investigations` takes. */
export interface StartRequest {
  readonly id: string;
  readonly playbook: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly timeRange?: { readonly start: string; readonly end: string };
  readonly now?: string;
  readonly workspace?: string;
}

/** A document while the investigation goes on, too. */
export type CurrentDocument = InvestigationDocument & {
  readonly progress?: { readonly phase: string; readonly steps: Readonly<Record<string, string>> };
};

/** The HTTP API, as the command line uses it. */
export interface ApiClient {
  /** Starts an investigation, or finds the one that was started with the same id and the same request. */
  start(request: StartRequest): Promise<{ id: string; isNew: boolean }>;
  get(id: string): Promise<CurrentDocument>;
}

/** A client of the API at an address such as `http://127.0.0.1:7071`. Errors are those that the API describes. */
export function apiClient(address: string, signal: AbortSignal): ApiClient {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(new URL(path, address), { ...init, signal });
    const body = (await response.json().catch(() => null)) as {
      error?: { code: ErrorCode; message: string; hint?: string };
    } | null;
    if (response.ok) return body;
    const { code = 'remote', message = `the API answered ${response.status}`, hint } = body?.error ?? {};
    // An id that was used for another request: of the command line, that is wrong usage.
    throw new TrailhoundError(code === 'conflict' ? 'usage' : code, message, { hint });
  };
  return {
    start: async (request) =>
      (await call('/api/investigations', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      })) as { id: string; isNew: boolean },
    get: async (id) => (await call(`/api/investigations/${id}`)) as CurrentDocument,
  };
}

import type { Answer } from '../answer.ts';
import type { Observable, ObservableType } from '../observable.ts';

/** A request to a service, without what authorises it. */
export interface LookupRequest {
  readonly method?: 'GET' | 'POST';
  /** Appended to the base URL. Every part from data is encoded by the descriptor. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Where a service wants its key. */
export type KeyPlacement =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'query'; readonly name: string }
  /** Basic authentication of the setting `id` and the key. */
  | { readonly kind: 'basic' };

/** So many requests within so long. */
export interface QuotaWindow {
  readonly requests: number;
  readonly perMs: number;
}

/** A threat-intelligence service: all that is special about it. Sending, quotas, retries and caching are common. */
export interface ProviderDescriptor {
  /** Name in settings (`threatIntel.<id>`), parameters and outcomes. */
  readonly id: string;
  readonly title: string;
  readonly docs: string;
  /** Without a slash at its end; the setting `url` replaces it. */
  readonly baseUrl: string;
  readonly types: readonly ObservableType[];
  readonly key: KeyPlacement;
  /** What the service's free keys may do; the setting `options.requestsPerMinute` replaces them. */
  readonly quotas: readonly QuotaWindow[];
  readonly cache: { readonly foundForMs: number; readonly notFoundForMs: number };
  request(observable: Observable): LookupRequest;
  /** Reads a successful response; what does not look as documented is an error. */
  read(json: unknown, observable: Observable): Answer;
}

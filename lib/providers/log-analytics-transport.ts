import { createHttpHeaders, type HttpClient as PipelineClient } from '@azure/core-rest-pipeline';
import type { HttpClient } from '../azure/http-client.ts';
import { HttpError } from '../azure/http-error.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';

/** The answer of Log Analytics, as it stands on the wire. */
export interface LogsAnswer {
  readonly tables: readonly {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly unknown[])[];
  }[];
  /** Beside tables it means that rows are missing. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly statistics: Record<string, unknown> | undefined;
}

/**
 * The transport of one call of the Azure client. The client makes the request; the answer is read here, since the
 * client would turn datetimes into Dates (milliseconds) and longs into doubles, and a hunt needs every digit.
 */
export function logsTransport(http: HttpClient, options: { timeoutInMs: number; signal: AbortSignal | undefined }) {
  let answer: LogsAnswer | undefined;
  const httpClient: PipelineClient = {
    async sendRequest(request) {
      const { authorization: _, ...headers } = request.headers.toJSON();
      const received = await http.json(
        {
          method: 'POST',
          url: request.url,
          headers,
          body: request.body as string,
          repeatable: true,
          timeoutInMs: options.timeoutInMs,
          signal: options.signal,
        },
        parseWireJson,
      );
      answer = readAnswer(asObject(received));
      const shown = JSON.stringify({ tables: [], error: answer.error });
      return {
        request,
        status: 200,
        headers: createHttpHeaders({ 'content-type': 'application/json' }),
        bodyAsText: shown,
      };
    },
  };
  return {
    httpClient,
    answer(): LogsAnswer {
      if (!answer) throw new HttpError('remote', `${http.service} gave no answer`, { status: 0 });
      return answer;
    },
  };
}

/** Reads an answer's members; what is missing reads as empty. */
export function readAnswer(parsed: Record<string, unknown>): LogsAnswer {
  const error = parsed['error'] === undefined ? undefined : asObject(parsed['error']);
  return {
    tables: asArray(parsed['tables']).map((table) => ({
      columns: asArray(asObject(table)['columns']).map((column) => ({
        name: asText(asObject(column)['name']),
        type: asText(asObject(column)['type']),
      })),
      rows: asArray(asObject(table)['rows']) as unknown[][],
    })),
    error: error && { code: asText(error['code']), message: messageOf(error) },
    statistics: parsed['statistics'] === undefined ? undefined : asObject(parsed['statistics']),
  };
}

const DEEPEST = 6;

/** The message with those of its details and inner errors, where Log Analytics says which limit was met. */
function messageOf(error: Record<string, unknown>): string {
  const parts: string[] = [asText(error['message'])];
  const add = (inner: Record<string, unknown>, depth: number): void => {
    if (depth > DEEPEST) return;
    for (const next of [inner['innererror'], ...asArray(inner['details'])].map(asObject)) {
      parts.push(asText(next['code']), asText(next['message']));
      add(next, depth + 1);
    }
  };
  add(error, 1);
  return [...new Set(parts.filter((part) => part !== ''))].join(': ').slice(0, 1000);
}

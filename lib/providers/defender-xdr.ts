import { HttpError } from '../azure/http-error.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { isoFromTicks, TICKS_PER_DAY, ticksFromMs } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { kqlProvider, limitWarnings } from './kql-provider.ts';
import { keepPace } from './pace.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';
import { kqlTypeOfWire, tableFromWire } from './wire-table.ts';

/** Source: learn.microsoft.com/graph/api/security-security-runhuntingquery */
export const DEFENDER_LIMITS = { rows: 100_000, days: 30, timeoutInMs: 180_000 } as const;
/** Calls of a tenant that are answered at the least; beyond them and a quota of processor time it answers 429. */
const QUOTA = { calls: 45, windowInMs: 60_000 };

/** Tables of Defender itself keep their time in `Timestamp`; Sentinel's, which it shows too, in `TimeGenerated`. */
const OWN_TABLE =
  /^(?:Device|Email|Identity(?!Info$)|CloudApp|Alert(?:Info|Evidence)|AADSignIn|AADSpn|Url(?:ClickEvents)|Exposure|Behavior|EntraId|Message|DataSecurity|OAuthApp|CloudAudit|CloudProcess|CloudStorage|DisruptionAndResponse|FileMaliciousContent|Campaign|Vulnerabilit|GraphApiAuditEvents)/;

export function defenderTimeColumn(table: string): string {
  return OWN_TABLE.test(table) ? 'Timestamp' : 'TimeGenerated';
}

/** Defender XDR's advanced hunting, by Microsoft Graph. */
export function defenderXdr(
  name: string,
  options: SettingsOf<'defender-xdr'>,
  connections: Connections,
): QueryProvider {
  const service = 'Defender XDR (Microsoft Graph)';
  const client = () => connections.client(service, connections.cloud(options).graph, options);
  return kqlProvider(name, {
    timeColumnOf: defenderTimeColumn,
    hasTimeSpan: true,
    async ask(kql, request, signal) {
      const http = client();
      await keepPace(http, `${service} ${connections.cloud(options).graph.url} ${options.tenantId}`, QUOTA, signal);
      const body = { Query: kql, ...(request.timeRange ? { Timespan: timespanOf(request) } : {}) };
      const answer = await explained(
        http.json(
          {
            method: 'POST',
            url: 'v1.0/security/runHuntingQuery',
            // Without the character set, letters beyond ANSI would not be compared rightly.
            headers: { 'content-type': 'application/json; charset=utf-8' },
            json: body,
            repeatable: true,
            timeoutInMs: options.timeoutInMs ?? DEFENDER_LIMITS.timeoutInMs + 20_000,
            signal,
          },
          parseWireJson,
        ),
      );
      const table = tableOf(answer);
      const warnings = limitWarnings(service, table, DEFENDER_LIMITS.rows);
      if (!request.timeRange) {
        const message = `without a time range Graph answers for the last ${DEFENDER_LIMITS.days} days`;
        warnings.push({ code: 'retention', message });
      }
      if (isTooOld(request)) {
        const message = `Defender's own tables keep ${DEFENDER_LIMITS.days} days; older rows come from Sentinel's tables alone`;
        warnings.push({ code: 'retention', message });
      }
      return { table, warnings };
    },
    // The API names no tables.
    tables: async () => [],
  });
}

function timespanOf({ timeRange }: QueryRequest): string {
  return `${isoFromTicks(timeRange!.start)}/${isoFromTicks(timeRange!.end)}`;
}

function isTooOld({ timeRange, nowInMs }: QueryRequest): boolean {
  return (
    timeRange !== undefined && timeRange.start < ticksFromMs(nowInMs) - BigInt(DEFENDER_LIMITS.days) * TICKS_PER_DAY
  );
}

/** Rows are objects here, and what is null may be left out. */
function tableOf(answer: unknown) {
  const body = asObject(answer);
  const columns = asArray(body['schema'] ?? body['Schema']).map((column) => {
    const { name, Name, type, Type } = asObject(column);
    return { name: asText(name ?? Name), type: kqlTypeOfWire(asText(type ?? Type)) };
  });
  const rows = asArray(body['results'] ?? body['Results']).map((row) => {
    const values = asObject(row);
    return columns.map((column) => values[column.name]);
  });
  return tableFromWire(columns, rows);
}

/** Puts the missing permission into words. */
async function explained<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) {
      throw new TrailhoundError('unauthorized', error.message, {
        cause: error,
        hint: 'Grant the application permission ThreatHunting.Read.All of Microsoft Graph, with admin consent.',
      });
    }
    throw error;
  }
}

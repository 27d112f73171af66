import { withGrant } from '../azure/http-error.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { isoFromTicks, TICKS_PER_DAY, ticksFromMs } from '../tables/index.ts';
import type { AnswerResources } from './answers/answer-collector.ts';
import type { Connections } from './connections.ts';
import { type KqlService, kqlProvider, limitWarnings } from './kql-provider.ts';
import { keepPace } from './pace.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';

/** Source: learn.microsoft.com/graph/api/security-security-runhuntingquery */
export const DEFENDER_LIMITS = { rows: 100_000, sizeInBytes: 50_000_000, days: 30, timeoutInMs: 180_000 } as const;
const GRANT = 'Grant the application permission ThreatHunting.Read.All of Microsoft Graph, with admin consent.';
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
  resources: AnswerResources = {},
): QueryProvider {
  const title = 'Defender XDR (Microsoft Graph)';
  const client = () => connections.client(title, connections.cloud(options).graph, options);
  const service: KqlService = {
    timeColumnOf: defenderTimeColumn,
    hasTimeSpan: true,
    limits: DEFENDER_LIMITS,
    async ask(kql, request, rows) {
      const http = client();
      const quota = `${title} ${connections.cloud(options).graph.url} ${options.tenantId}`;
      await keepPace(http, quota, QUOTA, rows.signal);
      const body = { Query: kql, ...(request.timeRange ? { Timespan: timespanOf(request) } : {}) };
      const sent = {
        method: 'POST',
        url: 'v1.0/security/runHuntingQuery',
        // Without the character set, letters beyond ANSI would not be compared rightly.
        headers: { 'content-type': 'application/json; charset=utf-8' },
        json: body,
        repeatable: true,
        timeoutInMs: options.timeoutInMs ?? DEFENDER_LIMITS.timeoutInMs + 20_000,
      } as const;
      const { rowCount } = await withGrant(rows.ask(http, sent, { form: { name: 'hunting' } }), GRANT);
      const warnings = limitWarnings(title, rowCount, DEFENDER_LIMITS.rows);
      if (!request.timeRange) {
        const message = `without a time range Graph answers for the last ${DEFENDER_LIMITS.days} days`;
        warnings.push({ code: 'retention', message });
      }
      if (isTooOld(request)) {
        const message = `Defender's own tables keep ${DEFENDER_LIMITS.days} days; older rows come from Sentinel's tables alone`;
        warnings.push({ code: 'retention', message });
      }
      return warnings;
    },
    // The API names no tables.
    tables: async () => [],
  };
  return kqlProvider(name, service, resources);
}

function timespanOf({ timeRange }: QueryRequest): string {
  return `${isoFromTicks(timeRange!.start)}/${isoFromTicks(timeRange!.end)}`;
}

function isTooOld({ timeRange, nowInMs }: QueryRequest): boolean {
  return (
    timeRange !== undefined && timeRange.start < ticksFromMs(nowInMs) - BigInt(DEFENDER_LIMITS.days) * TICKS_PER_DAY
  );
}

import { HttpError } from '../azure/http-error.ts';
import type { Connections } from '../providers/connections.ts';
import type { Check } from './check.ts';
import { lookedUp, roleGrant } from './grants.ts';

const API_VERSION = '2023-01-01';

/** Whether the data collection rule takes rows: an upload of none. */
export function ingestionChecks(connections: Connections): Check[] {
  const { ingestion } = connections.settings;
  if (!ingestion) return [];
  const { endpoint, ruleId, stream } = ingestion;
  return [
    {
      name: 'ingestion',
      grant: (who) => {
        const rule = lookedUp('monitor data-collection rule list', `[?immutableId=='${ruleId}'].id | [0]`);
        return roleGrant('Monitoring Metrics Publisher', rule, connections.cloud(), who);
      },
      async run(signal) {
        const http = connections.client('Logs Ingestion', {
          url: endpoint,
          audience: connections.cloud().ingestionAudience,
        });
        const url = `dataCollectionRules/${ruleId}/streams/${encodeURIComponent(stream)}?api-version=${API_VERSION}`;
        try {
          await http.send({ method: 'POST', url, json: [], repeatable: true, signal });
        } catch (error) {
          // Who may not is turned away before the rows are looked at; that there are none is no fault of the rule.
          const isEmptiness =
            error instanceof HttpError && error.status === 400 && !/stream/i.test(error.serviceCode ?? '');
          if (!isEmptiness) throw error;
        }
        return { status: 'ok', detail: `${ruleId} takes ${stream}` };
      },
    },
  ];
}

import { TrailhoundError } from '../errors.ts';
import { TICKS_PER_DAY, ticksFromMs } from '../tables/index.ts';
import type { ListColumn } from './answers/list-form.ts';
import type { QueryRequest } from './provider.ts';
import { odataQuery, odataTime, type RestTable } from './rest-table.ts';

const DEFAULT_DAYS = 30n;
/** Longer ranges are shown by the hour, others by the minute. */
const LONGEST_BY_MINUTE = TICKS_PER_DAY / 4n;
const RESOURCE =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w.()-]{1,90}(?:\/providers\/[\w.]+(?:\/[\w.()-]+){2,8})?$/i;

const real = (name: string, from: string): ListColumn => ({ name, type: 'real', from });

/**
 * Metrics of one resource: the conditions name it (`ResourceId`) and its metrics (`Metric`).
 *
 * Source: learn.microsoft.com/rest/api/monitor/metrics/list
 * @example { table: 'Metrics', where: { ResourceId: '/subscriptions/…/virtualMachines/vm-1', Metric: 'Network In Total' } }
 */
export const METRICS: RestTable = {
  name: 'Metrics',
  hasNoScope: true,
  timeColumn: 'TimeGenerated',
  url(_scope, request) {
    const { resource, metrics } = readConditions(request);
    const end = ticksFromMs(request.nowInMs);
    const timeRange = request.timeRange ?? { start: end - DEFAULT_DAYS * TICKS_PER_DAY, end };
    const { from, to } = odataTime(timeRange);
    const query = odataQuery({
      'api-version': '2023-10-01',
      timespan: `${from}/${to}`,
      interval: timeRange.end - timeRange.start > LONGEST_BY_MINUTE ? 'PT1H' : 'PT1M',
      // A comma stands between names; one within a name is written as %2.
      metricnames: metrics.map((metric) => metric.replaceAll(',', '%2')).join(','),
      aggregation: 'Total,Average,Minimum,Maximum',
    });
    return `${resource.slice(1)}/providers/Microsoft.Insights/metrics?${query}`;
  },
  rowsIn: [['timeseries'], ['data']],
  columns: [
    { name: 'TimeGenerated', type: 'datetime', from: 'timeStamp' },
    { name: 'ResourceId', type: 'string', from: '../../id', until: '/providers/Microsoft.Insights/metrics/' },
    { name: 'Metric', type: 'string', from: '../../name.value' },
    { name: 'Unit', type: 'string', from: '../../unit' },
    real('Total', 'total'),
    real('Average', 'average'),
    real('Minimum', 'minimum'),
    real('Maximum', 'maximum'),
  ],
};

function readConditions({ where = {} }: QueryRequest): { resource: string; metrics: string[] } {
  const metrics = [where['Metric'] ?? []].flat();
  const resource = where['ResourceId'];
  if (typeof resource === 'string' && RESOURCE.test(resource) && metrics.length > 0 && metrics.every(isName))
    return { resource, metrics };
  throw new TrailhoundError('usage', 'metrics are those of one resource, by name', {
    hint: 'Give where: { ResourceId: /subscriptions/…, Metric: Percentage CPU }; Metric may be a list.',
  });
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openProvider } from '../../../lib/providers/index.ts';
import type { QueryRequest } from '../../../lib/providers/provider.ts';
import { type Table, ticksFromIso, toRows } from '../../../lib/tables/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { type LoopbackServer, type Reply, startLoopback } from '../../support/cloud/loopback-server.ts';

const [FIRST, SECOND] = ['11111111-2222-3333-4444-555555555555', '66666666-2222-3333-4444-555555555555'];
const GROUP = `/subscriptions/${FIRST}/resourceGroups/rg-soc/providers`;
const nowInMs = Date.UTC(2024, 4, 15);
const range = (start: string, end: string) => ({ start: ticksFromIso(start)!, end: ticksFromIso(end)! });

let server: LoopbackServer;
let answer: (path: string, query: URLSearchParams) => Reply;
beforeAll(async () => {
  server = await startLoopback(({ path, query }) => answer(path, query));
});
afterAll(() => server.close());

const ask = async (provider: string, request: Omit<QueryRequest, 'nowInMs'>) => {
  const connections = testConnections(`
endpoints: { resourceManager: '${server.url}', graph: '${server.url}' }
providers:
  azure: { type: azure-activity, subscriptions: [${FIRST}, ${SECOND}] }
  groups: { type: resource-graph, managementGroups: [mg-root] }
`);
  const result = await (await openProvider(provider, connections)).query({ nowInMs, ...request });
  return { ...result, rows: toRows(result.table as Table), connections };
};

describe('the activity log', () => {
  const event = (subscriptionId: string) => ({
    value: [{ eventTimestamp: '2024-05-01T10:00:00Z', caller: 'x', subscriptionId }],
  });

  it('is asked for what it keeps, for it answers nothing else', async () => {
    answer = (path) => ({ json: event(path.split('/')[2]!) });
    const { rows, warnings, partial } = await ask('azure', { table: 'AzureActivity' });
    expect(rows.map(({ SubscriptionId }) => SubscriptionId)).toEqual([FIRST, SECOND]);
    expect([warnings, partial]).toEqual([[], false]);
    const { url, query } = server.received.at(-1)!;
    expect(url).toContain('&$filter=eventTimestamp%20ge%20');
    expect(query.get('$filter')).toBe(
      "eventTimestamp ge '2024-02-15T00:10:00.000Z' and eventTimestamp le '2024-05-15T00:00:00.000Z'",
    );
    const old = await ask('azure', { table: 'AzureActivity', timeRange: range('2023-01-01', '2024-05-02') });
    expect(old).toMatchObject({ partial: false, warnings: [{ code: 'retention' }] });
    expect(server.received.at(-1)!.query.get('$filter')).toContain("ge '2024-02-15T00:10:00.000Z'");
    const before = server.received.length;
    const gone = await ask('azure', { table: 'AzureActivity', timeRange: range('2023-01-01', '2023-01-02') });
    expect([gone.rows, gone.warnings.map(({ code }) => code)]).toEqual([[], ['retention']]);
    expect(server.received).toHaveLength(before);
  });

  it('of one subscription may fail', async () => {
    const refused: Reply = { status: 403, json: { error: { code: 'AuthorizationFailed', message: 'no' } } };
    answer = (path) => (path.includes(SECOND) ? refused : { json: event(FIRST) });
    const { rows, warnings, partial } = await ask('azure', { table: 'AzureActivity' });
    expect([rows.length, partial]).toEqual([1, true]);
    expect(warnings).toEqual([{ code: 'source-failed', message: expect.stringContaining(SECOND) as string }]);
    answer = () => refused;
    await expect(ask('azure', { table: 'AzureActivity' })).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('what is in subscriptions', () => {
  const onlyFirst = (value: readonly object[]) => (path: string) => ({
    json: { value: path.includes(FIRST) ? value : [] },
  });

  it('has no time: a range is left out, and said so', async () => {
    answer = onlyFirst([
      { id: `${GROUP}/Microsoft.Compute/virtualMachines/vm-1`, name: 'vm-1', properties: { vmId: 'v' } },
    ]);
    const { rows, warnings, partial } = await ask('azure', {
      table: 'virtualmachines',
      where: { Name: 'VM-1' },
      timeRange: range('2024-05-01', '2024-05-02'),
    });
    expect(rows).toMatchObject([{ Name: 'vm-1', VmId: 'v' }]);
    expect([partial, warnings.map(({ code }) => code)]).toEqual([false, ['no-time']]);
  });

  it('shows each address of an interface and each rule of a group', async () => {
    answer = onlyFirst([
      {
        id: `${GROUP}/Microsoft.Network/networkInterfaces/nic-1`,
        name: 'nic-1',
        properties: {
          virtualMachine: { id: 'vm-1' },
          ipConfigurations: [
            { name: 'a', properties: { privateIPAddress: '192.0.2.4', primary: true, subnet: { id: 's' } } },
            { name: 'b', properties: { privateIPAddress: '192.0.2.5', publicIPAddress: { id: 'pip-1' } } },
          ],
        },
      },
      { id: 'nic-2', properties: {} },
    ]);
    expect((await ask('azure', { table: 'NetworkAddresses' })).rows).toMatchObject([
      { VirtualMachine: 'vm-1', Name: 'a', PrivateIp: '192.0.2.4', IsPrimary: true, PublicIpId: null, Subnet: 's' },
      { VirtualMachine: 'vm-1', Name: 'b', PrivateIp: '192.0.2.5', IsPrimary: null, PublicIpId: 'pip-1' },
    ]);
    const rule = (name: string, priority: number) => ({
      name,
      properties: { priority, access: 'Deny', direction: 'Inbound', destinationPortRanges: ['22', '3389'] },
    });
    answer = onlyFirst([
      { id: 'nsg-1', properties: { securityRules: [rule('own', 100)], defaultSecurityRules: [rule('given', 65000)] } },
    ]);
    expect((await ask('azure', { table: 'NetworkSecurityRules' })).rows).toMatchObject([
      { NetworkSecurityGroup: 'nsg-1', Name: 'own', Priority: 100, DestinationPorts: '["22","3389"]' },
      { NetworkSecurityGroup: 'nsg-1', Name: 'given', Priority: 65000 },
    ]);
  });

  it('asks once for what no subscription holds', async () => {
    answer = () => ({ json: { value: [{ subscriptionId: FIRST, displayName: 'SOC', state: 'Enabled' }] } });
    const before = server.received.length;
    expect((await ask('azure', { table: 'Subscriptions' })).rows).toMatchObject([{ Name: 'SOC', State: 'Enabled' }]);
    expect(server.received.slice(before).map(({ path }) => path)).toEqual(['/subscriptions']);
  });
});

describe('metrics', () => {
  const resource = `${GROUP}/Microsoft.Compute/virtualMachines/vm-1`;

  it('are those of one resource', async () => {
    answer = () => ({
      json: {
        value: [
          {
            id: `${resource.toLowerCase()}/providers/Microsoft.Insights/metrics/Network In Total`,
            name: { value: 'Network In Total' },
            unit: 'Bytes',
            timeseries: [
              { data: [{ timeStamp: '2024-05-01T10:00:00Z', total: 12.5 }, { timeStamp: '2024-05-01T11:00:00Z' }] },
            ],
          },
        ],
      },
    });
    const where = { ResourceId: resource, Metric: 'Network In Total' };
    const { rows } = await ask('azure', { table: 'Metrics', where, timeRange: range('2024-05-01', '2024-05-02') });
    expect(rows).toMatchObject([
      { Metric: 'Network In Total', Unit: 'Bytes', Total: 12.5, Average: null },
      { Total: null },
    ]);
    const asked = server.received.at(-1)!;
    expect(asked.path).toBe(`${resource}/providers/Microsoft.Insights/metrics`);
    expect(Object.fromEntries(asked.query)).toMatchObject({
      timespan: '2024-05-01T00:00:00.000Z/2024-05-02T00:00:00.000Z',
      interval: 'PT1H',
      metricnames: 'Network In Total',
    });
    await ask('azure', { table: 'Metrics', where });
    expect(server.received.at(-1)!.query.get('timespan')).toBe('2024-04-15T00:00:00.000Z/2024-05-15T00:00:00.000Z');
    for (const ResourceId of ['/subscriptions/x', `${resource}/../../y?api-version=1`, [resource]])
      await expect(ask('azure', { table: 'Metrics', where: { ...where, ResourceId } })).rejects.toThrow('one resource');
  });
});

describe('Graph Security', () => {
  it('is asked for a further page where a full one names none', async () => {
    const alerts = Array.from({ length: 501 }, (_, n) => ({ id: `a${n}`, createdDateTime: '2024-05-01T10:00:00Z' }));
    answer = (_, query) => ({ json: { value: alerts.slice(Number(query.get('$skip') ?? 0)).slice(0, 500) } });
    expect((await ask('graph-security', { table: 'SecurityAlerts' })).rows).toHaveLength(501);
    expect(server.received.at(-1)!.url).toContain('?$top=500&$skip=500');
    // A list that knows no skipping.
    answer = () => ({ json: { value: alerts.slice(0, 500) } });
    expect((await ask('graph-security', { table: 'SecurityAlerts' })).rows).toHaveLength(500);
  });

  it('puts the time into a filter without a plus sign', async () => {
    answer = () => ({ json: { value: [] } });
    await ask('graph-security', { table: 'SecurityIncidents', timeRange: range('2024-05-01', '2024-05-02') });
    expect(server.received.at(-1)!.url).toBe(
      '/v1.0/security/incidents?$top=50&$filter=createdDateTime%20ge%202024-05-01T00%3A00%3A00.000Z%20and%20createdDateTime%20le%202024-05-02T00%3A00%3A00.000Z',
    );
  });
});

describe('Resource Graph', () => {
  const data = { columns: [{ name: 'id', type: 'string' }], rows: [['/a'], ['/b']] };

  it('has no time, and pages that a limit in the text would end', async () => {
    answer = () => ({ json: { totalRecords: 9, count: 2, data, resultTruncated: 'false', $skipToken: 'more' } });
    const request = { table: 'Resources', timeRange: range('2024-05-01', '2024-05-02'), maxRows: 3 };
    const before = server.received.length;
    const { rows, warnings } = await ask('groups', request);
    expect([rows.length, warnings.map(({ code }) => code)]).toEqual([3, ['no-time', 'row-cap']]);
    const asked = server.received.slice(before).map((request) => request.json());
    expect(asked).toEqual([
      {
        managementGroups: ['mg-root'],
        query: "['Resources']\n| order by ['id'] asc",
        options: { resultFormat: 'table', $top: 4 },
      },
      expect.objectContaining({ options: { resultFormat: 'table', $top: 4, $skipToken: 'more' } }),
    ]);
  });

  it('keeps to fifteen questions in five seconds', async () => {
    answer = () => ({ json: { totalRecords: 40, count: 2, data, $skipToken: 'more' } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    const { rows, connections } = await ask('groups', { kql: 'Resources | project id', maxRows: 39 });
    vi.useRealTimers();
    expect(rows).toHaveLength(39);
    expect(connections.pauses).toEqual([5000, 5000, 5000, 5000, 5000]);
  });
});

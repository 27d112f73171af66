import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KqlEngine, KqlError, openKqlEngine, referenceSchemas } from '../../../lib/kql/index.ts';
import { tableFromRows } from '../../../lib/tables/index.ts';
import { ask } from './support/ask.ts';

let engine: KqlEngine;
beforeAll(async () => {
  engine = await openKqlEngine({ schemas: [referenceSchemas()] });
});
afterAll(() => engine.close());

const dnsSchema = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'SrcIpAddr', type: 'string' },
  { name: 'DnsQuery', type: 'string' },
  { name: 'DnsResponseName', type: 'string' },
  { name: 'EventType', type: 'string' },
  { name: 'EventResultDetails', type: 'string' },
] as const;
const dns = {
  name: 'ASimDnsActivityLogs',
  schema: dnsSchema,
  table: tableFromRows(dnsSchema, [
    [638_513_000_000_000_000n, '192.0.2.7', 'www.evil.example', '203.0.113.9', 'Query', 'NOERROR'],
    [638_514_000_000_000_000n, '192.0.2.8', 'contoso.example', '198.51.100.1', 'Query', 'NXDOMAIN'],
    [638_514_000_000_000_000n, '192.0.2.8', 'contoso.example', '', 'other', 'NA'],
  ]),
};

describe('ASIM parsers (documentation: "normalization-schema-dns" and its kin)', () => {
  it.each([
    ['_Im_Dns', ['192.0.2.7', '192.0.2.8']],
    ['_Im_Dns()', ['192.0.2.7', '192.0.2.8']],
    ['_Im_Dns(eventtype="*")', ['192.0.2.7', '192.0.2.8', '192.0.2.8']],
    ['_ASim_Dns', ['192.0.2.7', '192.0.2.8', '192.0.2.8']],
    ['_Im_Dns(domain_has_any=dynamic(["evil.example"]))', ['192.0.2.7']],
    ['_Im_Dns(response_has_any_prefix=dynamic(["198.51."]), pack=true)', ['192.0.2.8']],
    ['_Im_Dns(response_has_ipv4="203.0.113.9")', ['192.0.2.7']],
    ['imDns(responsecodename="NXDOMAIN")', ['192.0.2.8']],
    ['_Im_Dns(starttime=datetime(2024-05-15))', ['192.0.2.8']],
    ['_Im_Dns(srcipaddr="192.0.2.7", disabled=true)', []],
  ])('%s', async (call, sources) => {
    const { rows, warnings } = await ask(engine, `${call} | project Src`, { tables: [dns] });
    expect(rows.flat()).toEqual(sources);
    expect(warnings).toContain('asim-native');
  });

  it('have their aliases, and give way to functions and tables of the same name', async () => {
    const aliases = await ask(engine, '_Im_Dns | take 1 | project Domain, DnsResponseCodeName, EventSchema', {
      tables: [dns],
    });
    expect(aliases.rows).toEqual([['www.evil.example', 'NOERROR', 'Dns']]);
    const own = await ask(engine, 'let imDns = datatable(a:long)[7]; imDns');
    expect([own.rows, own.warnings]).toEqual([[['7']], []]);
    const other = await openKqlEngine({ functions: [{ name: '_Im_Dns', parameters: '()', body: '{ print 1 }' }] });
    expect((await ask(other, '_Im_Dns')).rows).toEqual([['1']]);
    other.close();
    const named = { ...dns, name: 'imDns' };
    expect((await ask(engine, 'imDns | count', { tables: [named] })).rows).toEqual([['3']]);
  });

  it.each(['NetworkSession', 'WebSession', 'Authentication', 'ProcessEvent', 'ProcessCreate', 'ProcessTerminate'])(
    'plan for %s',
    async (name) => {
      expect((await ask(engine, `_Im_${name}(starttime=ago(1d)) | union _ASim_${name} | count`)).rows).toEqual([['0']]);
    },
  );

  it.each(['FileEvent', 'RegistryEvent', 'AuditEvent', 'UserManagement', 'DhcpEvent'])('plan for %s', async (name) => {
    expect((await ask(engine, `_Im_${name}(endtime=now()) | union _ASim_${name} | count`)).rows).toEqual([['0']]);
  });
});

describe('watchlists that are not registered', () => {
  it('have the columns that the query names, as texts', async () => {
    const { columns, rows, warnings } = await ask(
      engine,
      `let vips = _GetWatchlist('vips');
       _GetWatchlist('ranges') | where Notes has_any ("vpn") | join kind=inner vips on $left.Owner == $right.Name
       | project Owner, Range = strcat(IPRange, "!"), SearchKey`,
    );
    expect([columns, rows, warnings]).toEqual([
      ['Owner:string', 'Range:string', 'SearchKey:string'],
      [],
      ['no-data', 'no-data'],
    ]);
  });

  it('do not lend their columns to other tables', async () => {
    const asked = ask(engine, `_GetWatchlist('vips') | take 1; SecurityEvent | where Nope == 1`);
    await expect(asked).rejects.toThrow(/'Nope' does not refer/);
  });
});

describe('tables of the reference', () => {
  it('have the standard columns, and the hidden ones where a query names them', async () => {
    const { columns } = await ask(engine, 'AzureDiagnostics | where TimeGenerated > ago(1d) | project Type, _ItemId');
    expect(columns).toEqual(['Type:string', '_ItemId:string']);
    expect((await ask(engine, 'SecurityEvent | take 1')).columns).not.toContain('_ItemId:string');
  });

  it('are found by a star after parameters of union', async () => {
    const { rows } = await ask(engine, 'union withsource=Source *\n| summarize count() by Source', { tables: [dns] });
    expect(rows).toEqual([['ASimDnsActivityLogs', '3']]);
  });

  it('let a fuzzy union go on without an unknown function', async () => {
    const { rows, warnings } = await ask(engine, 'union isfuzzy=true SecurityEvent, NoParser(1) | count');
    expect([rows, warnings]).toEqual([[['0']], ['no-data', 'fuzzy-leg-dropped']]);
  });

  it('know their own name and both names of the time', async () => {
    const schema = [{ name: 'Timestamp', type: 'datetime' }] as const;
    const source = { name: 'DeviceEvents', schema, table: tableFromRows(schema, [[638_513_000_000_000_000n]]) };
    const { rows } = await ask(engine, 'DeviceEvents | where TimeGenerated < now() | project Type', {
      tables: [source],
    });
    expect(rows).toEqual([['DeviceEvents']]);
  });
});

describe('what reaches other resources', () => {
  it.each(['workspace("w").SecurityEvent', 'arg("").Resources | take 1', 'adx("c/d").T | count'])(
    '%s is refused by name',
    async (query) => {
      const error = await ask(engine, query).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KqlError);
      expect((error as KqlError).info).toMatchObject({ code: 'unsupported', construct: `${query.split('(')[0]}()` });
    },
  );
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type KqlEngine,
  KqlError,
  type KqlErrorInfo,
  openKqlEngine,
  referenceSchemas,
  schemasOfJson,
  showWithCaret,
} from '../../../lib/kql/index.ts';
import { tableFromRows, writeParquet } from '../../../lib/tables/index.ts';
import { ask, OWN_NOW_IN_MS } from './support/ask.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-kql-'));
const schema = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Account', type: 'string' },
  { name: 'Details', type: 'dynamic' },
] as const;
const rows = [
  [638_513_000_000_000_001n, 'anna', '{"a": 1}'],
  [638_513_000_000_000_007n, null, null],
  [638_514_000_000_000_000n, 'bert', 'no json'],
] as const;
const events = {
  name: 'Events',
  schema,
  table: tableFromRows(
    schema,
    rows.map((row) => [...row]),
  ),
};
let engine: KqlEngine;

beforeAll(async () => {
  engine = await openKqlEngine({
    folders: [folder],
    schemas: [schemasOfJson('{"Other": {"Name": "string", "Count": "long"}}'), referenceSchemas()],
  });
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

async function errorOf(kql: string, options = {}): Promise<KqlErrorInfo> {
  try {
    await ask(engine, kql, { tables: [events], ...options });
  } catch (error) {
    if (error instanceof KqlError) return error.info;
    throw error;
  }
  throw new Error(`no error: ${kql}`);
}

describe('tables', () => {
  it('are read from memory and from Parquet, to the tick', async () => {
    const parquet = await writeParquet(events.table, join(folder, 'events.parquet'));
    const query = 'Events | extend a = Details.a | project TimeGenerated, Account, a, isempty(Account)';
    const fromMemory = await ask(engine, query, { tables: [events] });
    expect(fromMemory.rows).toEqual([
      ['2024-05-14T16:13:20.0000001Z', 'anna', '1', 'False'],
      ['2024-05-14T16:13:20.0000007Z', '', null, 'True'],
      ['2024-05-15T20:00:00.0000000Z', 'bert', null, 'False'],
    ]);
    expect((await ask(engine, query, { tables: [{ name: 'Events', schema, parquet }] })).rows).toEqual(fromMemory.rows);
  });

  it('that are known by their schema alone are empty, with a warning', async () => {
    const answer = await ask(engine, 'union SigninLogs, Other | count', { tables: [events] });
    expect(answer.rows).toEqual([['0']]);
    expect(answer.warnings).toContain('no-data');
  });

  it('have the columns of the reference that the data lacks', async () => {
    const narrow = [{ name: 'Account', type: 'string' }] as const;
    const source = { name: 'SecurityEvent', schema: narrow, table: tableFromRows(narrow, [['anna']]) };
    const answer = await ask(engine, 'SecurityEvent | project Account, EventID, Computer', { tables: [source] });
    expect(answer.rows).toEqual([['anna', null, '']]);
  });

  it('are cut by a time range and by a number of rows', async () => {
    const timeRange = { start: 638_513_000_000_000_002n, end: 638_514_000_000_000_000n };
    expect((await ask(engine, 'Events | count', { tables: [events], timeRange })).rows).toEqual([['1']]);
    const cut = await ask(engine, 'Events', { tables: [events], maxRows: 2 });
    expect([cut.rows.length, cut.warnings]).toEqual([2, ['rows-cut']]);
  });

  it('are written as Parquet', async () => {
    const outFile = join(folder, 'out.parquet');
    const { rowCount, table } = await engine.run('Events | project TimeGenerated', {
      tables: [events],
      nowInMs: 0,
      outFile,
    });
    expect([rowCount, 'parts' in table && table.parts[0]!.path]).toEqual([3, outFile]);
  });

  it('may be stored functions, watchlists, external data and file profiles', async () => {
    const functions = [
      { name: 'Recent', parameters: '(name:string="anna")', body: '{ Events | where Account == name }' },
    ];
    const other = await openKqlEngine({ functions });
    expect((await ask(other, 'Recent("bert") | count', { tables: [events] })).rows).toEqual([['1']]);
    expect((await ask(other, 'Recent | count', { tables: [events] })).rows).toEqual([['1']]);
    other.close();
    const list = [{ name: 'SearchKey', type: 'string' }] as const;
    const watchlist = { name: 'watchlist:vips', schema: list, table: tableFromRows(list, [['anna']]) };
    const asked = await ask(engine, `Events | where Account in ((_GetWatchlist('vips') | project SearchKey)) | count`, {
      tables: [events, watchlist],
    });
    expect(asked.rows).toEqual([['1']]);
    const external = {
      name: 'https://contoso.example/list.csv',
      schema: list,
      table: tableFromRows(list, [['x'], ['y']]),
    };
    const query = 'externaldata(Key:string)["https://contoso.example/list.csv"] with(format="csv") | count';
    expect((await ask(engine, query, { tables: [external] })).rows).toEqual([['2']]);
    expect((await ask(engine, query)).warnings).toEqual(['no-external-data']);
    const hashes = [
      { name: 'SHA1', type: 'string' },
      { name: 'GlobalPrevalence', type: 'long' },
    ] as const;
    const profile = { name: 'FileProfile', schema: hashes, table: tableFromRows(hashes, [['aa', 7n]]) };
    const profiled = await ask(
      engine,
      'datatable(SHA1:string)["aa", "bb"] | invoke FileProfile(SHA1, 100) | project SHA1, GlobalPrevalence',
      { tables: [profile] },
    );
    expect(profiled.rows).toEqual([
      ['aa', '7'],
      ['bb', null],
    ]);
  });

  it('give a plan without data for columns that only data can name', async () => {
    const { schema: planned } = await engine.plan(
      'Other | extend d = dynamic({}) | where false | evaluate bag_unpack(d) | where Foo == "x" | project Foo, Name',
      { nowInMs: 0 },
    );
    expect(planned.map((column) => column.name)).toEqual(['Foo', 'Name']);
  });
});

describe('parameters', () => {
  it('are bound by their declared types', async () => {
    const query =
      'declare query_parameters(who:string, list:dynamic); Events | where Account == who or Account in (list) | count';
    expect(
      (await ask(engine, query, { tables: [events], parameters: { who: 'x" or true //', list: ['anna', 'bert'] } }))
        .rows,
    ).toEqual([['2']]);
    expect((await ask(engine, query, { tables: [events], parameters: { who: '', list: [] } })).rows).toEqual([['1']]);
  });
});

describe('errors', () => {
  it.each([
    ['Events | where', 'syntax', 1, 15],
    ['Events\n| where Nope == 1', 'semantic', 2, 9],
    ['Events\n| extend r = rand()', 'unsupported', 2, 14],
    ['NoTable | count', 'semantic', 1, 1],
    ['Events | evaluate basket()', 'unsupported', 1, 19],
    ['Events | reduce by Account', 'unsupported', 1, 10],
    ['workspace("w").Events | count', 'unsupported', 1, 1],
    ['print hash("a")', 'unsupported', 1, 7],
    ['print "a" matches regex "[a-z&&b]"', 'unsupported', 1, 25],
    ['print "a" matches regex "[a[bc]]"', 'unsupported', 1, 25],
    ['print "a" matches regex @"\\<a"', 'unsupported', 1, 25],
    ['print "a" matches regex "(a"', 'semantic', null, null],
    ['print a = 1, d = dynamic({"a": 2}) | evaluate bag_unpack(d)', 'semantic', 1, 47],
    ['print d = dynamic({}) | evaluate bag_unpack(d, columnsConflict="other")', 'unsupported', 1, 34],
    ['let f = () { print d = dynamic({}) | evaluate bag_unpack(d) }; union f(), f()', 'unsupported', 1, 38],
    ['union isfuzzy=true NoTable, NoOther | count', 'semantic', 1, 1],
    ['Events | where Nope has_any ("a")', 'semantic', 1, 16],
    ['Events | as T', 'none', 0, 0],
  ] as const)('%s: %s', async (query, code, line, column) => {
    if (code === 'none') {
      expect((await ask(engine, query, { tables: [events] })).rows).toHaveLength(3);
      return;
    }
    const info = await errorOf(query);
    expect([info.code, info.line, info.column]).toEqual([code, line, column]);
  });

  it('inside a function are placed at its call', async () => {
    const info = await errorOf('let f = (x:string) { hash(x) };\nprint f("a")');
    expect([info.code, info.line, info.column]).toEqual(['unsupported', 2, 7]);
  });

  it('show their line with a caret', async () => {
    const query = 'Events\n| where Nope == 1';
    expect(showWithCaret(query, await errorOf(query))).toBe('| where Nope == 1\n        ^');
  });
});

describe('bounds', () => {
  it('stop a query that takes too long', async () => {
    const slow = 'range i from 1 to 100000000 step 1 | extend s = hash_sha256(tostring(i)) | summarize dcount(s)';
    expect((await errorOf(slow, { timeoutInMs: 300 })).code).toBe('limit');
  });

  it('cancel a query', async () => {
    const controller = new AbortController();
    const running = engine.run(
      'range i from 1 to 100000000 step 1 | extend s = hash_sha256(tostring(i)) | summarize dcount(s)',
      { nowInMs: 0, signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 50);
    await expect(running).rejects.toThrow(/abort/i);
  });

  it('refuse SQL that grows too large, and text that nests too deep', async () => {
    const small = await openKqlEngine({ maxSqlCharacters: 1000 });
    await expect(
      ask(small, `print x = 1 ${'| extend x = x + 1, y = strcat("a", x) '.repeat(12)}`),
    ).rejects.toMatchObject({ info: { code: 'limit' } });
    small.close();
    const info = await errorOf(`print x = ${'-'.repeat(1200)}1`);
    expect(['limit', 'syntax']).toContain(info.code);
  });

  it('take long lists', async () => {
    const list = Array.from({ length: 400 }, (_, index) => `"v${index}"`).join(', ');
    expect(
      (
        await ask(engine, `Events | where Account in (${list}) or Account has_any (${list}) | count`, {
          tables: [events],
        })
      ).rows,
    ).toEqual([['0']]);
    const chain = Array.from({ length: 120 }, (_, index) => `Account == "v${index}"`).join(' or ');
    expect((await ask(engine, `Events | where ${chain} | count`, { tables: [events] })).rows).toEqual([['0']]);
  });

  it('keep the database locked: no other files, no settings', async () => {
    const outside = join(tmpdir(), `trailhound-outside-${process.pid}.parquet`);
    const parquet = await writeParquet(events.table, outside);
    const error = await errorOf('Secret | count', { tables: [{ name: 'Secret', schema, parquet }] });
    rmSync(outside);
    expect([error.code, error.message]).toEqual(['runtime', expect.stringMatching(/Permission|disabled|access/i)]);
    writeFileSync(join(folder, 'x.txt'), 'x');
    await expect(
      engine.run('Events', { tables: [events], nowInMs: 0, outFile: '/tmp/forbidden.parquet' }),
    ).rejects.toThrow(/Permission|disabled|access/i);
  });
});

describe('hostile text', () => {
  it.each([
    "'; DROP TABLE x; --",
    '"',
    '\\',
    '\0',
    '$1',
    '{x}',
    '%',
    '*',
    "''",
    '🐾',
    '\u2028',
    ')',
    '(?i)',
    '[',
    '{"a":',
  ])('%j stays a value everywhere', async (text) => {
    const literal = JSON.stringify(text);
    const expressions = [
      'strcat(v, "")',
      'tolower(toupper(v))',
      'tostring(pack_array(v)[0])',
      'tostring(bag_pack(v, 1))',
      'replace_string(v, v, v)',
      'tostring(parse_json(v))',
    ];
    const answer = await ask(
      engine,
      `print v = ${literal} | extend ok = v == ${literal} and v contains ${literal} and v in (${literal}) and v has_any (${literal}) | project ok, ${expressions.join(', ')}`,
    );
    expect(answer.rows[0]![0]).toBe('True');
    expect(answer.rows[0]![1]).toBe(text);
    expect(
      (await ask(engine, `datatable(['${'a b'}']:string)[${literal}] | summarize count() by ['a b']`)).rows,
    ).toEqual([[text, '1']]);
  });
});

describe('the reference', () => {
  it('knows at least 300 tables of Sentinel and Defender', () => {
    const schemas = referenceSchemas();
    expect([...schemas.keys()].length).toBeGreaterThan(700);
    expect(schemas.get('SecurityEvent')).toContainEqual({ name: 'EventID', type: 'int' });
    expect(schemas.get('DeviceProcessEvents')).toContainEqual({ name: 'Timestamp', type: 'datetime' });
    for (const name of schemas.keys())
      expect(
        schemas.get(name)!.every((column) => column.type && column.name),
        name,
      ).toBe(true);
  });

  it('answers the same at the same now', async () => {
    const query = 'print now(), ago(1h)';
    expect((await ask(engine, query)).rows).toEqual((await ask(engine, query)).rows);
    expect(new Date(OWN_NOW_IN_MS).toISOString()).toBe('2024-05-15T12:00:00.000Z');
  });
});

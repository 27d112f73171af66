import { describe, expect, it } from 'vitest';
import { readHere } from '../../../lib/providers/answers/read-answer.ts';
import { openProvider } from '../../../lib/providers/index.ts';
import { type Table, ticksFromIso, toRows } from '../../../lib/tables/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';
import { startLoopback } from '../../support/cloud/loopback-server.ts';

/** Frames as learn.microsoft.com/kusto/api/rest/response-v2 shows them. */
const primary = (columns: readonly [string, string][], rows: readonly unknown[]) => ({
  FrameType: 'DataTable',
  TableId: 1,
  TableKind: 'PrimaryResult',
  TableName: 'PrimaryResult',
  Columns: columns.map(([ColumnName, ColumnType]) => ({ ColumnName, ColumnType })),
  Rows: rows,
});
const completion = { FrameType: 'DataSetCompletion', HasErrors: false, Cancelled: false };
const errorOf = (code: string, message: string) => ({
  OneApiErrors: [
    { error: { code, message: 'Request aborted due to an internal service error.', '@message': message } },
  ],
});
const readText = (text: string) => {
  const reading = { form: { name: 'kusto' }, service: 'Kusto', maxRows: Number.POSITIVE_INFINITY } as const;
  const { table, rest } = readHere([Uint8Array.from(Buffer.from(text))], reading, Number.POSITIVE_INFINITY)!;
  return { table: table as Table, warnings: rest.warnings };
};
const read = (frames: unknown) => readText(JSON.stringify(frames));
const codesOf = (frames: unknown) => read(frames).warnings.map(({ code }) => code);
const one = primary([['a', 'int']], [[1]]);

describe('frames of Kusto', () => {
  it('keep every digit', () => {
    const columns: [string, string][] = [
      ['At', 'datetime'],
      ['Big', 'long'],
      ['Exact', 'decimal'],
      ['Flag', 'sbyte'],
      ['Took', 'timespan'],
      ['Id', 'guid'],
      ['Ratio', 'real'],
    ];
    const text = JSON.stringify([
      primary(columns, [
        ['2024-05-01T10:00:00.1234567Z', 'BIG', '12345678901234567890.123456789', 1, '1.02:03:04.5000000', 'g', 'NaN'],
        [null, null, null, 0, null, null, null],
      ]),
      completion,
    ]);
    const { table } = readText(text.replace('"BIG"', '-9223372036854775808'));
    expect(toRows(table)).toEqual([
      {
        At: ticksFromIso('2024-05-01T10:00:00.1234567Z'),
        Big: -(2n ** 63n),
        Exact: '12345678901234567890.123456789',
        Flag: true,
        Took: 937_845_000_000n,
        Id: 'g',
        Ratio: Number.NaN,
      },
      { At: null, Big: null, Exact: null, Flag: false, Took: null, Id: null, Ratio: null },
    ]);
  });

  it('name the limit that was met, at the end or among the rows', () => {
    const tooLarge =
      'Query result set has exceeded the internal data size limit 67108864 (E_QUERY_RESULT_SET_TOO_LARGE).';
    const tooMany =
      'Query result set has exceeded the internal record count limit 500000 (E_QUERY_RESULT_SET_TOO_LARGE).';
    const ended = { ...completion, HasErrors: true };
    expect(codesOf([primary([['a', 'int']], [[1], errorOf('LimitsExceeded', tooLarge)]), ended])).toEqual([
      'size-limit',
    ]);
    expect(codesOf([one, { ...ended, ...errorOf('LimitsExceeded', tooMany) }])).toEqual(['row-limit']);
    expect(codesOf([one, { ...ended, ...errorOf('Internal', 'x (80DA0007)') }])).toEqual(['partial-result']);
  });

  it('are a part where they do not end well', () => {
    expect(codesOf([one, completion])).toEqual([]);
    expect(codesOf([one])).toEqual(['partial-result']);
    expect(codesOf([one, { ...completion, Cancelled: true }])).toEqual(['partial-result']);
    expect(codesOf([one, { ...completion, HasErrors: true }])).toEqual(['partial-result']);
    expect(codesOf([one, one, completion])).toEqual(['partial-result']);
    expect(() => read([{ ...completion, HasErrors: true, ...errorOf('Bad', 'no such table') }])).toThrow(
      'no such table',
    );
    expect(() => read({ error: { code: 'Bad', '@message': 'refused late' } })).toThrow('refused late');
    expect(() => read('what')).toThrow('gave no table');
  });
});

describe('a cluster', () => {
  it('is one of Azure Data Explorer or Fabric, for the token is good for all', async () => {
    const open = (cluster: string) =>
      openProvider('adx', testConnections(`providers: { adx: { type: kusto, cluster: '${cluster}', database: d } }`));
    await expect(open('https://contoso.westeurope.kusto.windows.net')).resolves.toBeDefined();
    await expect(open('https://trd-0123456789abcdef.z0.kusto.fabric.microsoft.com')).resolves.toBeDefined();
    for (const host of ['kusto.windows.net.evil.example', 'evilkusto.windows.net', 'kusto.windows.net'])
      await expect(open(`https://${host}`)).rejects.toMatchObject({ code: 'usage' });
  });

  it('is asked without progress, within a time, and read-only', async () => {
    const server = await startLoopback(() => ({ json: [one, completion] }));
    const settings = `providers: { adx: { type: kusto, cluster: '${server.url}', database: Security, timeoutInMs: 90000 } }`;
    await (await openProvider('adx', testConnections(settings))).query({ kql: 'T', nowInMs: 0 });
    expect(server.received[0]!.json()).toEqual({
      db: 'Security',
      csl: 'T',
      properties: {
        Options: { servertimeout: '00:01:30', request_readonly: true, results_progressive_enabled: false },
      },
    });
    await server.close();
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { formatSchemas, kqlTypeOfReference, schemasOfJson } from '../../../lib/kql/schemas.ts';
import { mergedSchemas, schemaOfPage } from '../../../scripts/schemas.ts';
import { readWorkspaceTables } from '../../../scripts/schemas-from-workspace.ts';

describe('the schemas script', () => {
  it('reads a page of the reference', () => {
    const page = [
      '---',
      'title: Azure Monitor Logs reference - ExampleLogs',
      '---',
      '| Column | Type | Description |',
      '|---|---|---|',
      '| `TimeGenerated` | datetime | When. |',
      '| Size | Double | How much. |',
      '| Details | dynamic | What. |',
      '',
      'More text | with | bars',
    ].join('\n');
    expect(schemaOfPage(page)).toEqual({
      name: 'ExampleLogs',
      schema: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'Size', type: 'real' },
        { name: 'Details', type: 'dynamic' },
      ],
    });
    expect(schemaOfPage('# Nothing here')).toBeUndefined();
  });

  it('reads a page of Defender’s schema, whose title says more', () => {
    const page = [
      '---',
      'title: ExampleInfo table in the advanced hunting schema',
      '---',
      '# ExampleInfo (Preview)',
      '| Column name | Data type | Description |',
      '|---|---|---|',
      '| `Timestamp` | `datetime` | When. |',
    ].join('\n');
    expect(schemaOfPage(page)).toEqual({ name: 'ExampleInfo', schema: [{ name: 'Timestamp', type: 'datetime' }] });
  });

  it('keeps what the reference has let go', () => {
    const before = new Map([
      ['A', [{ name: 'x', type: 'long' }]],
      ['B', [{ name: 'y', type: 'bool' }]],
    ] as const);
    const fresh = new Map([
      [
        'A',
        [
          { name: 'X', type: 'string' },
          { name: 'z', type: 'real' },
        ],
      ],
      ['C', [{ name: 'w', type: 'guid' }]],
    ] as const);
    expect(Object.fromEntries(mergedSchemas(before, fresh))).toEqual({
      A: [
        { name: 'x', type: 'long' },
        { name: 'z', type: 'real' },
      ],
      B: [{ name: 'y', type: 'bool' }],
      C: [{ name: 'w', type: 'guid' }],
    });
  });

  it('writes one table a line, in order', () => {
    const text = formatSchemas(
      new Map([
        ['B', [{ name: 'x', type: 'long' }]],
        ['A', [{ name: 'y', type: 'bool' }]],
      ] as const),
    );
    expect(text).toBe('{\n"A": "y:bool",\n"B": "x:long"\n}\n');
  });

  it('knows other names of types', () => {
    expect(['BigInt', 'Boolean', 'Enumerated', 'nonsense'].map(kqlTypeOfReference)).toEqual([
      'long',
      'bool',
      'string',
      undefined,
    ]);
    expect(schemasOfJson('{"T": {"a": "double"}}').get('T')).toEqual([{ name: 'a', type: 'real' }]);
  });

  it('asks a workspace', async () => {
    const server = createServer((request, response) => {
      expect(request.headers.authorization).toBe('Bearer token');
      const schema = {
        standardColumns: [{ name: 'TimeGenerated', type: 'dateTime' }],
        columns: [{ name: 'Note_s', type: 'string' }],
      };
      response.end(JSON.stringify({ value: [{ name: 'Custom_CL', properties: { schema } }] }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const schemas = await readWorkspaceTables(`http://127.0.0.1:${port}`, '/subscriptions/s/workspaces/w', 'token');
    server.close();
    expect(schemas.get('Custom_CL')).toEqual([
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Note_s', type: 'string' },
    ]);
  });
});

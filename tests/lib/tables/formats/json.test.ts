import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairJson } from '../../../../lib/tables/formats/repair-json.ts';
import { readContent } from './support.ts';

const record = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });

describe('JSON', () => {
  it('is the same records in any layout and however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        fc.constantFrom<[string, (rows: unknown[]) => string]>(
          ['lines', (rows) => rows.map((row) => JSON.stringify(row)).join('\n')],
          ['array', (rows) => JSON.stringify(rows)],
          ['pretty array', (rows) => JSON.stringify(rows, null, 2)],
          ['wrapped', (rows) => JSON.stringify({ Records: rows })],
          ['pretty wrapped', (rows) => JSON.stringify({ value: rows }, null, 4)],
        ),
        fc.integer({ min: 1, max: 64 }),
        async (rows, [, layout], chunk) => {
          const { records, bad } = await readContent(layout(rows), { chunk });
          expect(bad).toEqual([]);
          expect(records).toEqual(JSON.parse(JSON.stringify(rows)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reads documents that follow each other over lines', async () => {
    const { records, lines, format } = await readContent('{\n "a": 1\n}\n{\n "a": {"b": "}{"}\n}\n');
    expect(format).toBe('json-documents');
    expect(records).toEqual([{ a: 1 }, { a: { b: '}{' } }]);
    expect(lines).toEqual([1, 4]);
  });

  it('goes on after a line that is too long, with the right numbers', async () => {
    const long = `{"a":"${'x'.repeat(5000)}"}`;
    const text = `{"a":1}\n${long}\n{"a":3}\n`;
    for (const chunk of [10, 100, 1 << 16]) {
      const { records, lines, bad } = await readContent(text, { chunk, limits: { recordInBytes: 4096 } });
      expect(records).toEqual([{ a: 1 }, { a: 3 }]);
      expect(lines).toEqual([1, 3]);
      expect(bad.map(({ line }) => line)).toEqual([2]);
    }
  });

  it('bounds one record of an array, and goes on', async () => {
    const text = `[{"a":1},\n{"a":"${'x'.repeat(5000)}"},\n{"a":3}]`;
    const { records, bad } = await readContent(text, { chunk: 100, limits: { recordInBytes: 4096 } });
    expect(records).toEqual([{ a: 1 }, { a: 3 }]);
    expect(bad).toEqual([{ line: 2, reason: expect.stringContaining('longer than') }]);
  });

  it('says what was lost where a file is cut off', async () => {
    const { records, bad } = await readContent('[{"a":1},{"a":2},{"a"');
    expect(records).toEqual([{ a: 1 }, { a: 2 }]);
    expect(bad).toEqual([{ line: 1, reason: 'the file ends within this record' }]);
  });

  it('mends halves of surrogate pairs and gives reasons without quoting the data', () => {
    expect(repairJson('{"a":"x\\ud800y"}')).toMatchObject({ json: '{"a":"x\uFFFDy"}' });
    expect(repairJson('[1]')).toEqual({ reason: 'not a JSON object but an array' });
    expect(repairJson('{"secret":')).toEqual({ reason: 'not JSON: it ends too early' });
    expect(repairJson('{"secret" "x"}')).toEqual({ reason: 'not JSON: an unexpected character at position 10' });
    expect(repairJson('hello')).toEqual({ reason: 'not a JSON object' });
  });
});

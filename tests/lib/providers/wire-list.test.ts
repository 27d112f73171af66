import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWireJson } from '../../../lib/providers/wire-json.ts';
import { outlineJson } from '../../../lib/providers/wire-list.ts';

const PLACE = { names: ['rows', 'Rows'], depth: 2 };
const open = (text: string, batchInBytes = 8) => outlineJson(Buffer.from(text), PLACE, batchInBytes);
const rowsOf = (text: string, batchInBytes?: number) => {
  const { outline, batches } = open(text, batchInBytes);
  return [...batches((outline as { data: { rows: unknown } }).data.rows)];
};

/** Texts that look like the places where lists begin and end. */
const hostileText = fc.oneof(
  fc.string(),
  fc.constantFrom('"rows":[', '\\', '\\"', ']},{"rows":[1', ',', '[[', '}}', 'é"\u2028', '12345678901234567890'),
);
const cell = fc.oneof(hostileText, fc.jsonValue({ maxDepth: 3 }), fc.constant({ deep: { rows: [[1], 'x'] } }));

describe('a JSON whose rows are set apart', () => {
  it('gives the rows that JSON.parse gives, in batches, wherever they are cut and however it is written', () => {
    const answer = fc.record({
      before: cell,
      data: fc.record({ columns: fc.array(cell), rows: fc.array(fc.array(cell)), after: cell }),
      after: cell,
    });
    fc.assert(
      fc.property(answer, fc.integer({ min: 1, max: 200 }), fc.constantFrom('', ' ', '\n'), (value, size, indent) => {
        const text = JSON.stringify(value, null, indent);
        const whole = parseWireJson(Buffer.from(text)) as typeof value;
        const { outline, batches } = open(text, size);
        const { data, ...beside } = outline as typeof value;
        const given = [...batches(data.rows)];
        expect(given.flat()).toEqual(whole.data.rows);
        expect({ ...beside, data: { ...data, rows: [] } }).toEqual({ ...whole, data: { ...whole.data, rows: [] } });
        if (given.length > 1) for (const batch of given) expect(batch.length).toBeGreaterThan(0);
      }),
    );
  });

  it('is read a batch at a time', () => {
    expect(rowsOf('{"data":{"rows":[[1],[2],[3],[4],[5]]}}', 4)).toEqual([[[1], [2]], [[3], [4]], [[5]]]);
    expect(rowsOf('{"data":{"rows":[]}}')).toEqual([[]]);
    expect(rowsOf('\ufeff{ "data" : { "rows" : [ 12345678901234567 ] } }')).toEqual([['12345678901234567']]);
  });

  it('leaves lists of other places as they are, and texts that look like a reference', () => {
    const { outline, batches } = open('{"rows":[1],"data":{"other":[2],"deep":{"rows":[3]},"rows":null}}');
    expect(outline).toEqual({ rows: [1], data: { other: [2], deep: { rows: [3] }, rows: null } });
    expect([...batches([4, 5])]).toEqual([[4, 5]]);
    for (const none of [null, undefined, '0', 'rows', 7, {}]) expect([...batches(none)]).toEqual([]);
  });

  it('is refused where it is cut off or broken, at any place', () => {
    const text = '{"a":[1],"data":{"rows":[["x\\"",{"y":[2]}],[3,4]],"b":5}}';
    for (let length = 0; length < text.length; length++)
      for (const size of [1, 8, 1000])
        expect(() => rowsOf(text.slice(0, length), size), `${length} characters`).toThrow(SyntaxError);
    for (const rows of ['[1,,2]', '[1,2,]', '[,1]', '[1 2]', '[1}', '[[1,2}]', '[1],2']) {
      for (const size of [1, 1000]) expect(() => rowsOf(`{"data":{"rows":${rows}}}`, size), rows).toThrow(SyntaxError);
    }
  });

  it('is refused where one row would not fit the memory of a thread', () => {
    const row = `"${'x'.repeat(49 * 1024 * 1024)}"`;
    for (const text of [`{"data":{"rows":[${row}]}}`, `{"data":{"rows":[]},"other":${row}}`])
      expect(() => rowsOf(text)).toThrow(expect.objectContaining({ code: 'limit' }));
  });
});

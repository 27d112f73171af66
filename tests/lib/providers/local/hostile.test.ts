import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READER_LIMITS } from '../../../../lib/tables/formats/record-block.ts';
import { accounted, jsonLines, loadFiles, rowsOf, tableOf } from './support.ts';

describe('hostile input', () => {
  it('is bounded and accounted for: keys, nesting, bytes, lines', async () => {
    const lines = [
      '{"__proto__":"a","constructor":"b","toString":1}',
      '{"Image":"upper","image":"lower","IMAGE":"all"}',
      '{"twice":1,"twice":2}',
      `{"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '{"nul":"a\u0000b"}',
      '{"half":"\\ud800"}',
      '{"":"empty","a/b":"slash","c~d":"tilde","e.f":"dot","@g":"at","h\\"i":"quote"}',
      `{"name@100ns":1,"${'k'.repeat(5000)}":1}`,
      '{"sql":"\'); DROP TABLE x; --"}',
      'not json at all',
      '[1,2]',
      '"text"',
      '',
      '   ',
      '{"cut":',
    ];
    const bytes = Buffer.concat([
      Buffer.from(`${lines.join('\n')}\n{"bytes":"`),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from('"}\n'),
    ]);
    const data = await loadFiles({ 'hostile.jsonl': bytes });
    expect(accounted(data)).toEqual({ rowsIn: 10, inTables: 10, bad: 4 });
    expect(data.badLines.map(({ line }) => line)).toEqual([10, 11, 12, 15]);
    const rows = await rowsOf(data, 'hostile');
    expect(rows).toContainEqual({ ['__proto__']: 'a', constructor: 'b', toString: 1n });
    expect(rows).toContainEqual({ Image: 'upper', image1: 'lower', IMAGE2: 'all' });
    expect(rows).toContainEqual({ twice: 1n });
    expect(rows).toContainEqual({
      Column: 'empty',
      'a/b': 'slash',
      'c~d': 'tilde',
      e_f: 'dot',
      g: 'at',
      'h"i': 'quote',
    });
    expect(rows).toContainEqual({ sql: "'); DROP TABLE x; --" });
    expect(rows).toContainEqual({ half: '\uFFFD' });
    expect(rows).toContainEqual({ bytes: '\uFFFD\uFFFD\uFFFD' });
    expect(data.warnings.map(({ message }) => message).join('\n')).toMatch(
      /not UTF-8[\s\S]*surrogate|surrogate[\s\S]*not UTF-8/,
    );
  });

  it('keeps keys beyond the limit of columns together, and a record of very many keys', async () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key${i}`, i]));
    const data = await loadFiles({ 'wide.jsonl': jsonLines([many, { key0: 1, other: 2 }]) });
    const table = tableOf(data, 'wide');
    expect(table.schema.length).toBeLessThanOrEqual(502);
    const [row] = await rowsOf(data, 'wide', ['key0', 'OverflowFields']);
    expect(row!['key0']).toBe(0n);
    expect(Object.keys(JSON.parse(row!['OverflowFields'] as string)).length).toBe(3000 - 500);
    expect(accounted(data)).toEqual({ rowsIn: 2, inTables: 2, bad: 0 });
  });

  it('does not hold a line above the limit in memory', async () => {
    const long = Buffer.alloc(READER_LIMITS.recordInBytes + 10, 'x');
    const data = await loadFiles({
      'long.jsonl': Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), long, Buffer.from('"}\n{"a":3}\n')]),
    });
    expect(accounted(data)).toEqual({ rowsIn: 2, inTables: 2, bad: 1 });
    expect(data.badLines).toMatchObject([{ line: 2, reason: expect.stringContaining('longer than 16 MiB') }]);
  });

  it('reports bad lines with true counts and a bounded list', async () => {
    const data = await loadFiles({ 'bad.jsonl': `{"a":1}\n${'nonsense\n'.repeat(5000)}{"a":2}\n` });
    expect(data.badCount).toBe(5000);
    expect(data.badLines).toHaveLength(100);
    expect(data.rowsIn).toBe(2);
  });

  it('survives any bytes: what is damaged is counted, nothing is thrown', async () => {
    const seeds = [
      jsonLines([
        { EventID: 1, Channel: 'Security', SourceName: 'x', TimeCreated: '2026-01-01T00:00:00Z' },
        { a: [1, { b: null }] },
      ]),
      'A,B\n1,"x"\n2,y\n',
      'type=SYSCALL msg=audit(1604994496.155:9): pid=1 a0="x"\n',
      '#separator \\x09\n#path\tdns\n#fields\tts\tquery\n#types\ttime\tstring\n1.5\tx\n',
      '<Event><System><EventID>1</EventID></System></Event>',
      '<34>Oct 11 22:14:15 host su: CEF:0|a|b|c|d|e|1|src=1\n',
      '#Fields: date time c-ip\n2026-01-01 00:00:00 192.0.2.1\n',
    ];
    const damaged = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }), fc.nat(400))
      .map(([seed, changes, cut]) => {
        const bytes = Buffer.from(seed.repeat(3));
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        return bytes.subarray(0, Math.max(1, bytes.length - cut));
      });
    // Many files in one load: the database is opened once.
    const files = fc.sample(damaged, { numRuns: 40, seed: 7 });
    const data = await loadFiles(Object.fromEntries(files.map((bytes, index) => [`f${index}.log`, bytes])));
    const { rowsIn, inTables } = accounted(data);
    expect(inTables).toBe(rowsIn);
    expect(data.sources).toHaveLength(40);
    for (const { loss } of data.sources) expect(loss ?? '').not.toMatch(/Error:|internal|Binder|Parser/i);
  });
});

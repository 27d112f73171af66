import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { columnParameter, readParameters } from '../../cli/verb-parameters.ts';
import type { JsonSchema } from '../../lib/catalog/index.ts';

const parameters = z.strictObject({
  column: z.string().optional(),
  columns: z.array(z.string()).default([]),
  limit: z.int().min(1).default(10),
  ratio: z.number().default(0.5),
  exact: z.boolean().default(false),
  bins: z.union([z.literal('auto'), z.int()]).default('auto'),
  weights: z.record(z.string(), z.number()).default({}),
  ports: z.array(z.int()).default([]),
});
const verb = {
  name: 'sniff.hosts',
  schema: z.toJSONSchema(parameters, { io: 'input' }) as JsonSchema,
  columnParameters: [{ parameter: 'columns', types: [] }],
};

describe('readParameters', () => {
  it('reads each text as its parameter wants it', () => {
    const read = readParameters(verb, {
      column: '17',
      columns: 'a, b',
      limit: '5',
      ratio: '-0.25',
      exact: 'true',
      bins: '3',
      weights: '{"a": 1}',
      ports: '[80, 443]',
    });
    expect(read).toEqual({
      column: '17',
      columns: ['a', 'b'],
      limit: 5,
      ratio: -0.25,
      exact: true,
      bins: 3,
      weights: { a: 1 },
      ports: [80, 443],
    });
    expect(readParameters(verb, { bins: 'auto', ports: '80,443' })).toEqual({ bins: 'auto', ports: [80, 443] });
  });

  it('names what there is instead of an unknown parameter', () => {
    expect(() => readParameters(verb, { colour: 'red' })).toThrow('sniff.hosts has no parameter "colour"');
    expect(() => readParameters(verb, { weights: '{a}' })).toThrow('--param weights is not JSON');
  });

  it('puts --column where the verb takes its column', () => {
    expect(columnParameter(verb, 'CommandLine')).toEqual({ columns: ['CommandLine'] });
    expect(columnParameter({ ...verb, columnParameters: [{ parameter: 'column', types: [] }] }, 'a,b')).toEqual({
      column: 'a,b',
    });
    expect(() => columnParameter({ ...verb, columnParameters: [] }, 'a')).toThrow('takes no column');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scalarFunctions } from '../../../lib/kql/functions/table.ts';
import { type KqlEngine, openKqlEngine } from '../../../lib/kql/index.ts';
import { OWN_EXPRESSIONS } from './own-expressions.ts';
import { expressionValue } from './support/ask.ts';

let engine: KqlEngine;
beforeAll(async () => {
  engine = await openKqlEngine();
});
afterAll(() => engine.close());

describe('expressions', () => {
  it.each(OWN_EXPRESSIONS)('%s is %s', async (expression, expected) => {
    expect(await expressionValue(engine, expression)).toBe(expected);
  });

  it('covers every function of the table', () => {
    const text = OWN_EXPRESSIONS.map(([expression]) => expression).join('\n');
    const refused = ['hash', 'rand', 'new_guid', 'estimate_data_size'];
    const elsewhere = [
      'pack_all',
      'bag_pack_columns',
      'ingestion_time',
      'geo_info_from_ip_address',
      'series_sqrt',
      'extract_all_groups',
      'codepoints_to_text',
      'format_bytes_real',
      'series_moving_avg_fl',
    ];
    const rows = new Set([...scalarFunctions.values()]);
    const missing = [...rows]
      .filter((row) => !row.names.some((name) => text.includes(`${name}(`)))
      .map((row) => row.names[0]!);
    expect(missing.filter((name) => !refused.includes(name) && !elsewhere.includes(name))).toEqual([]);
  });
});

import { z } from 'zod';
import { DEFAULT_MASKS, MASK_KINDS, type MaskKind, obfuscateTable } from '../analysis/obfuscate/index.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { columnFromCells, makeTable } from '../tables/index.ts';
import { defineVerb, type Verb } from './verb.ts';

const SHORTEST_KEY = 16;

const obfuscateColumns = defineVerb({
  name: 'obfuscate.columns',
  summary: 'Mask names and addresses under a key, so that a table can be shown to others',
  description: [
    'Replaces values one-to-one under a secret key: the same value has the same mask in every column and table, so joins',
    'and counts stay right; length, case, separators, networks and public suffixes stay too. Well-known accounts, SIDs',
    'and addresses are kept. Masked values are replaced in other text columns as well, and a last check looks for any',
    'that can still be read. The key is read from a setting and stored nowhere. See `docs/obfuscate-columns.md`.',
  ].join('\n'),
  entities: ['account', 'host', 'ip'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [],
  parameters: z.strictObject({
    masks: z
      .record(z.string().min(1).max(200), z.enum([...MASK_KINDS, 'keep']))
      .default({})
      .describe('Column → text, ip, account, host, sid, guid, url, path, json, null or keep'),
    defaults: z.boolean().default(true).describe('Mask the well-known columns too'),
    replaceElsewhere: z.boolean().default(true).describe('Replace masked values within other text columns'),
    keySetting: z.string().min(1).max(200).default('obfuscation.key').describe('The setting that holds the key'),
  }),
  output: { keepsInput: true, columns: [] },
  runsIn: 'main',
  example: 'shared: { verb: obfuscate.columns, from: logons, with: { masks: { Department: text } } }',
  async run([input], parameters, { services }) {
    const key = await services?.secret(parameters.keySetting);
    if (!key || key.length < SHORTEST_KEY) {
      throw new TrailhoundError(
        'usage',
        `the setting ${parameters.keySetting} holds no key of ${SHORTEST_KEY} characters or more`,
        {
          hint: 'Refer to a secret: kv:name or env:NAME.',
        },
      );
    }
    const table = await input!.read();
    const masks = new Map<string, MaskKind>();
    const names = new Set(table.columns.map((column) => column.name));
    if (parameters.defaults) for (const [name, kind] of DEFAULT_MASKS) if (names.has(name)) masks.set(name, kind);
    for (const [name, kind] of Object.entries(parameters.masks)) {
      if (!names.has(name)) throw new TrailhoundError('usage', `masks: there is no column "${name}"`);
      if (kind === 'keep') masks.delete(name);
      else masks.set(name, kind);
    }
    const {
      table: masked,
      masked: report,
      leaks,
    } = obfuscateTable(table, key, { masks, replaceElsewhere: parameters.replaceElsewhere });
    const warnings: Warning[] = leaks.map(({ column, rows, firstRow }) => ({
      code: 'leak',
      message: `column ${column}: ${rows} rows still hold a masked value, the first is row ${firstRow}`,
    }));
    const summary = makeTable(
      [
        columnFromCells(
          'Column',
          'string',
          report.map(({ column }) => column),
        ),
        columnFromCells(
          'Mask',
          'string',
          report.map(({ kind }) => kind),
        ),
        columnFromCells(
          'DistinctValues',
          'long',
          report.map(({ values }) => values),
        ),
      ],
      report.length,
    );
    return { table: masked, tables: { masks: summary }, warnings };
  },
});

export const obfuscateVerbs: readonly Verb[] = [obfuscateColumns];

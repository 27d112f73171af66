import { z } from 'zod';
import { TrailhoundError } from '../errors.ts';
import { tableFromRows } from '../tables/index.ts';
import { defineVerb, type Verb } from './verb.ts';

const uploadRows = defineVerb({
  name: 'upload.rows',
  summary: 'Upload a table to Sentinel (Logs Ingestion API), Splunk (HTTP Event Collector) or Blob Storage',
  description: [
    'Sends the rows within the limits of a call and at the pace that the service allows. Rows that are refused, and',
    'values that are cut, are named in the result and in a warning. An upload may happen twice: a column with a hash of',
    'each row tells rows that came twice. The table and stream in Sentinel must exist. In Blob Storage the whole table is',
    'one blob, without that column; without a name of its own it is called after the table and what it holds, so that the',
    'same rows are the same blob. A warning says which it is.',
  ].join('\n'),
  entities: [],
  inputTables: { min: 1, max: 1 },
  columnParameters: [],
  parameters: z.strictObject({
    to: z
      .string()
      .min(1)
      .default('sentinel')
      .describe('`sentinel`, or the name of a provider of type splunk or blob-storage'),
    stream: z.string().min(1).optional().describe('Stream of the data collection rule; default: that of the settings'),
    index: z.string().min(1).optional().describe("Splunk's index; default: the token's own"),
    blob: z
      .string()
      .min(1)
      .optional()
      .describe("The blob's name below the provider's prefix, as exports/hits.csv; its ending is the format"),
    rowIdColumn: z
      .string()
      .regex(/^[A-Za-z]\w{0,44}$/)
      .default('TrailhoundRowId')
      .describe('Column with a hash of each row'),
  }),
  output: {
    keepsInput: false,
    columns: [
      { name: 'Row', type: 'long', description: '0-based position of a row that was refused or cut' },
      { name: 'Reason', type: 'string', description: 'What the service or a limit said' },
    ],
  },
  runsIn: 'main',
  example: 'uploaded: { verb: upload.rows, from: hits, with: { to: sentinel } }',
  async run([input], parameters, { services, signal }) {
    if (!services?.upload)
      throw new TrailhoundError('internal', 'upload.rows needs connections, which are not given here');
    const request = { ...parameters, name: input!.name };
    const { sentRows, problems, stored } = await services.upload(await input!.read(), request, signal);
    const table = tableFromRows(
      [
        { name: 'Row', type: 'long' },
        { name: 'Reason', type: 'string' },
      ],
      problems.map(({ row, reason }) => [BigInt(row), reason]),
    );
    if (stored !== undefined) return { table, warnings: [{ code: 'stored', message: `stored as ${stored}` }] };
    if (problems.length === 0) return { table };
    const message = `${sentRows} of ${input!.rowCount} rows were uploaded; ${problems.length} were refused or cut`;
    return { table, partial: true, warnings: [{ code: 'rows-refused', message }] };
  },
});

export const uploadVerbs: readonly Verb[] = [uploadRows];

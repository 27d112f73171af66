import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, msFromTicks, type TableSource, ticksFromIso } from '../../tables/index.ts';
import { cellText, firstColumn, requireColumn, timeColumnOf, timesInMs } from '../columns.ts';
import type { Reference } from './references.ts';

/** Options that mark moments, shared by all pictures along time. */
export const referenceOptions = {
  referenceTimes: z
    .array(z.union([z.string(), z.object({ time: z.string(), label: z.string().default('Reference') })]))
    .max(50)
    .optional()
    .describe('Moments to mark across the picture: ISO times, or {time, label}'),
  references: z.string().optional().describe('Name of an input table of events to mark across the picture, as alerts'),
  referenceTimeColumn: z.string().optional().describe('Time column of that table'),
  referenceLabelColumn: z
    .string()
    .optional()
    .describe('Label column of that table; by default AlertName, Title, Activity…'),
};

type ReferenceParameters = z.output<z.ZodObject<typeof referenceOptions>>;

const LABELS = ['Label', 'AlertName', 'DisplayName', 'Title', 'Activity', 'ActionType', 'Name', 'EventID'];
const MAX_REFERENCES = 50;

function momentOf(text: string): number {
  const ticks = ticksFromIso(text);
  if (ticks !== null) return msFromTicks(ticks);
  throw new TrailhoundError('usage', `referenceTimes: "${text}" is not a time`, {
    hint: 'Write it as 2026-11-17T05:12:00Z',
  });
}

/** The moments to mark, and the input tables that are left to draw. */
export async function referencesOf(
  sources: readonly TableSource[],
  parameters: ReferenceParameters,
): Promise<{ references: Reference[]; rest: readonly TableSource[] }> {
  const given = (parameters.referenceTimes ?? []).map((reference) =>
    typeof reference === 'string'
      ? { timeInMs: momentOf(reference), label: 'Reference' }
      : { timeInMs: momentOf(reference.time), label: reference.label },
  );
  if (parameters.references === undefined) return { references: given, rest: sources };
  const source = sources.find(({ name }) => name === parameters.references);
  const rest = sources.filter((other) => other !== source);
  if (!source || rest.length === 0) {
    throw new TrailhoundError('usage', `references: there is no further input table "${parameters.references}"`, {
      hint: `Input tables: ${sources.map(({ name }) => name).join(', ')}`,
    });
  }
  const timeColumn = timeColumnOf(source.schema, parameters.referenceTimeColumn, 'referenceTimeColumn');
  const labelColumn =
    parameters.referenceLabelColumn === undefined
      ? firstColumn(source.schema, LABELS)
      : requireColumn(source.schema, parameters.referenceLabelColumn, 'referenceLabelColumn').name;
  if (source.rowCount > MAX_REFERENCES) {
    throw new TrailhoundError(
      'limit',
      `${source.rowCount} references are too many; at most ${MAX_REFERENCES} can be marked`,
      {
        hint: 'Draw that table as an overlay, or select fewer rows',
      },
    );
  }
  const table = await source.read([...new Set([timeColumn, ...(labelColumn ? [labelColumn] : [])])]);
  const times = timesInMs(getColumn(table, timeColumn));
  const label = labelColumn === undefined ? undefined : getColumn(table, labelColumn);
  const read = Array.from(times, (timeInMs, row) => ({
    timeInMs,
    label: (label && cellText(label, row)) || source.name,
  }));
  return { references: [...given, ...read.filter(({ timeInMs }) => !Number.isNaN(timeInMs))], rest };
}

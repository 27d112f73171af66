import { z } from 'zod';

/** Options that every drawing has, under the same names. */
export const pictureOptions = {
  title: z.string().max(200).optional().describe('Heading of the picture; by default it says what is drawn'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'letters, digits, dots, dashes and underscores, at most 80')
    .optional()
    .describe('Name of the artifacts; by default the name of the step'),
  width: z.int().min(400).max(2400).default(1100).describe('Width of the plot, in px before `scale`'),
  scale: z
    .number()
    .min(0.5)
    .max(4)
    .default(2)
    .describe('Pixels of the PNG per px; lowered where the PNG would be above 16 megapixels'),
  theme: z.enum(['light', 'dark']).default('light').describe('Colours of the PNG; the page has both'),
  formats: z
    .array(z.enum(['png', 'html']))
    .min(1)
    .default(['png', 'html'])
    .describe('What to make'),
};

/** A column, or several whose values are taken together. */
export const columnList = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(8)]);

export type PictureOptions = z.output<z.ZodObject<typeof pictureOptions>>;

export function asList(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

import { z } from 'zod';
import { SHAPE_NAMES } from '../marker-shapes.ts';
import { pictureOptions } from '../options.ts';

export const mapOptions = z.object({
  ...pictureOptions,
  latitudeColumn: z.string().optional().describe('Degrees north; by default Latitude, lat, LocationLatitude…'),
  longitudeColumn: z.string().optional().describe('Degrees east; by default Longitude, lon, LocationLongitude…'),
  ipColumn: z
    .string()
    .optional()
    .describe('Column of IP addresses, which a second input table (`places`) puts on the map'),
  places: z
    .string()
    .optional()
    .describe('Name of the input table that places IP addresses: an address, a latitude and a longitude column'),
  colourBy: z.string().optional().describe('Column whose values are colours, and layers that the page can hide'),
  iconBy: z.string().optional().describe('Column whose values are shapes of marks; the legend says which'),
  icons: z
    .record(z.string(), z.enum(SHAPE_NAMES))
    .optional()
    .describe(
      `Shapes by value of \`iconBy\`: ${SHAPE_NAMES.join(', ')}; \`default\` is for all other values. Without it each value gets one of its own`,
    ),
  sizeColumn: z
    .string()
    .optional()
    .describe('Numeric column that is summed to the area of a mark; by default rows are counted'),
  highlight: z
    .array(z.string())
    .max(1000)
    .default([])
    .describe('Values (addresses, accounts…) whose rows are drawn in red, above the rest'),
  highlightColumns: z
    .array(z.string())
    .max(20)
    .optional()
    .describe('Columns in which they are looked for; by default all of text'),
  cluster: z
    .boolean()
    .default(true)
    .describe('Joins marks of a colour and shape that would cover each other; zooming in parts them'),
  routes: z
    .enum(['none', 'impossible', 'all'])
    .default('none')
    .describe('Draws journeys of a traveller: those faster than `maxSpeed`, or all'),
  routeBy: z.string().optional().describe('Column of travellers; by default UserPrincipalName, Account…'),
  timeColumn: z.string().optional().describe('Column of times, for routes'),
  maxSpeed: z.number().positive().default(900).describe('Kilometres an hour above which a journey is impossible'),
  tooltipColumns: z
    .array(z.string())
    .max(20)
    .optional()
    .describe('Columns whose values a mark lists, the commonest first'),
  popupColumns: z.array(z.string()).max(20).optional().describe('Further columns, listed when a mark is clicked'),
});
export type MapParameters = z.output<typeof mapOptions>;

import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, type Table, type TableSchema, type TableSource, withColumns } from '../../tables/index.ts';
import {
  categoriesOf,
  cellText,
  firstColumn,
  isNumeric,
  numbersOf,
  requireColumn,
  tellingColumns,
  timeColumnOf,
  timesInMs,
} from '../columns.ts';
import { packDetails } from '../details.ts';
import { drawingKit } from '../drawing-kit.ts';
import { countOf, formatCount } from '../format.ts';
import { orderGroups } from '../groups.ts';
import { pictureOptions } from '../options.ts';
import type { Picture } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { mapPicture } from './map-picture.ts';
import { isPlaced, type Journey, journeysOf, type Located, placesOf } from './places.ts';

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
    .describe('Joins marks of a colour that would cover each other; zooming in parts them'),
  routes: z
    .enum(['none', 'impossible', 'all'])
    .default('none')
    .describe('Draws journeys of a traveller: those faster than `maxSpeed`, or all'),
  routeBy: z.string().optional().describe('Column of travellers; by default UserPrincipalName, Account…'),
  timeColumn: z.string().optional().describe('Column of times, for routes'),
  maxSpeed: z.number().positive().default(900).describe('Kilometres an hour above which a journey is impossible'),
  tooltipColumns: z.array(z.string()).max(20).optional().describe('Columns that a mark shows of its first row'),
});
export type MapParameters = z.output<typeof mapOptions>;

const LATITUDES = ['Latitude', 'lat', 'LocationLatitude', 'RemoteIPLatitude', 'GeoLatitude'];
const LONGITUDES = ['Longitude', 'lon', 'long', 'lng', 'LocationLongitude', 'RemoteIPLongitude', 'GeoLongitude'];
const ADDRESSES = [
  'IPAddress',
  'IpAddress',
  'ClientIP',
  'CallerIpAddress',
  'SourceIP',
  'SrcIP',
  'RemoteIP',
  'DestinationIp',
  'AllExtIPs',
  'Ip',
  'Indicator',
  'Observable',
];
const TRAVELLERS = ['UserPrincipalName', 'Account', 'AccountUpn', 'AccountName', 'UserId', 'TargetUserName', 'User'];
const MAX_ROUTES = 400;
const MAX_PLACES = 4000;

/** The latitude and longitude columns, if a table has them. */
function coordinateColumns(
  schema: TableSchema,
  parameters: MapParameters,
): { latitude: string; longitude: string } | undefined {
  const latitude =
    parameters.latitudeColumn === undefined
      ? firstColumn(schema, LATITUDES)
      : requireColumn(schema, parameters.latitudeColumn, 'latitudeColumn').name;
  const longitude =
    parameters.longitudeColumn === undefined
      ? firstColumn(schema, LONGITUDES)
      : requireColumn(schema, parameters.longitudeColumn, 'longitudeColumn').name;
  return latitude !== undefined && longitude !== undefined ? { latitude, longitude } : undefined;
}

/** Coordinates of rows by looking their address up in another table. */
async function placeByAddress(source: TableSource, places: TableSource, parameters: MapParameters): Promise<Located> {
  const columns = coordinateColumns(places.schema, {
    ...parameters,
    latitudeColumn: undefined,
    longitudeColumn: undefined,
  });
  const address =
    parameters.ipColumn === undefined
      ? firstColumn(source.schema, ADDRESSES)
      : requireColumn(source.schema, parameters.ipColumn, 'ipColumn').name;
  const key =
    (parameters.ipColumn !== undefined && places.schema.some(({ name }) => name === parameters.ipColumn)
      ? parameters.ipColumn
      : undefined) ?? firstColumn(places.schema, ADDRESSES);
  if (!columns || key === undefined || address === undefined) {
    throw new TrailhoundError('usage', 'places: the tables cannot be joined', {
      hint: 'Name the column of addresses with ipColumn; the table of places needs an address, a latitude and a longitude column',
    });
  }
  const table = await places.read([key, columns.latitude, columns.longitude]);
  const latitudes = numbersOf(getColumn(table, columns.latitude), 'latitudeColumn');
  const longitudes = numbersOf(getColumn(table, columns.longitude), 'longitudeColumn');
  const byAddress = new Map<string, number>();
  const keys = getColumn(table, key);
  for (let row = 0; row < table.rowCount; row++)
    if (!Number.isNaN(latitudes[row]!)) byAddress.set(cellText(keys, row), row);
  const own = getColumn(await source.read([address]), address);
  const rows = Int32Array.from({ length: source.rowCount }, (_, row) => byAddress.get(cellText(own, row)) ?? -1);
  return {
    latitudes: Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : latitudes[row]!)),
    longitudes: Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : longitudes[row]!)),
  };
}

/** Coordinates as sign-in logs hold them: `{"geoCoordinates":{"latitude":…,"longitude":…}}`. */
function coordinatesInJson(table: Table, name: string): Located {
  const { codes, labels } = categoriesOf(getColumn(table, name), 'omit');
  const points = labels.map((label) => {
    try {
      const { geoCoordinates } = JSON.parse(label) as { geoCoordinates?: { latitude?: unknown; longitude?: unknown } };
      return [Number(geoCoordinates?.latitude ?? Number.NaN), Number(geoCoordinates?.longitude ?? Number.NaN)] as const;
    } catch {
      return [Number.NaN, Number.NaN] as const;
    }
  });
  return {
    latitudes: Float64Array.from(codes, (code) => points[code]?.[0] ?? Number.NaN),
    longitudes: Float64Array.from(codes, (code) => points[code]?.[1] ?? Number.NaN),
  };
}

async function locate(
  source: TableSource,
  sources: readonly TableSource[],
  parameters: MapParameters,
): Promise<Located> {
  const columns = coordinateColumns(source.schema, parameters);
  if (columns) {
    const table = await source.read([columns.latitude, columns.longitude]);
    return {
      latitudes: numbersOf(getColumn(table, columns.latitude), 'latitudeColumn'),
      longitudes: numbersOf(getColumn(table, columns.longitude), 'longitudeColumn'),
    };
  }
  const details = firstColumn(source.schema, ['LocationDetails'], (type) => type === 'dynamic' || type === 'string');
  if (details !== undefined) {
    const located = coordinatesInJson(await source.read([details]), details);
    if (located.latitudes.some((latitude) => !Number.isNaN(latitude))) return located;
  }
  const places = sources.find(
    (other) => other !== source && (parameters.places === undefined || other.name === parameters.places),
  );
  if (places) return placeByAddress(source, places, parameters);
  throw new TrailhoundError('usage', 'this table has no coordinates', {
    hint: 'Name latitudeColumn and longitudeColumn, or give a second table that places its IP addresses',
  });
}

/** Rows in which a highlighted value stands. */
async function highlightedRows(source: TableSource, parameters: MapParameters): Promise<Uint8Array> {
  const rows = new Uint8Array(source.rowCount);
  if (parameters.highlight.length === 0) return rows;
  const wanted = new Set(parameters.highlight.map((value) => value.toLowerCase()));
  const columns =
    parameters.highlightColumns?.map((name) => requireColumn(source.schema, name, 'highlightColumns').name) ??
    source.schema.filter(({ type }) => type === 'string' || type === 'guid').map(({ name }) => name);
  const table = await source.read(columns);
  for (const column of table.columns) {
    const { codes, labels } = categoriesOf(column);
    const hits = labels.map((label) => wanted.has(label.toLowerCase()));
    for (let row = 0; row < rows.length; row++) if (hits[codes[row]!]) rows[row] = 1;
  }
  return rows;
}

interface Routes {
  readonly journeys: readonly Journey[];
  readonly impossible: number;
  readonly travellers: readonly string[];
  readonly codes: Int32Array;
  readonly times: Float64Array;
}

async function routesOf(source: TableSource, located: Located, parameters: MapParameters): Promise<Routes | undefined> {
  if (parameters.routes === 'none') return undefined;
  const by =
    parameters.routeBy === undefined
      ? firstColumn(source.schema, TRAVELLERS)
      : requireColumn(source.schema, parameters.routeBy, 'routeBy').name;
  if (by === undefined)
    throw new TrailhoundError('usage', 'routes: who travels?', { hint: 'Name the column with routeBy' });
  const timeColumn = timeColumnOf(source.schema, parameters.timeColumn);
  const table = await source.read([...new Set([by, timeColumn])]);
  const { codes, labels } = categoriesOf(getColumn(table, by), 'omit');
  const times = timesInMs(getColumn(table, timeColumn));
  const all = journeysOf(located, codes, times, parameters.maxSpeed);
  const impossible = all.filter((journey) => journey.isImpossible);
  return {
    journeys: (parameters.routes === 'all' ? all : impossible).slice(0, MAX_ROUTES),
    impossible: impossible.length,
    travellers: labels,
    codes,
    times,
  };
}

/** Where rows are in the world. */
export async function mapOf(sources: readonly TableSource[], parameters: MapParameters): Promise<Picture> {
  const { measure } = await drawingKit();
  const source = sources.find(({ name }) => name !== parameters.places) ?? sources[0]!;
  const located = await locate(source, sources, parameters);
  const highlighted = await highlightedRows(source, parameters);
  const colourBy = parameters.colourBy && requireColumn(source.schema, parameters.colourBy, 'colourBy').name;
  const size = parameters.sizeColumn && requireColumn(source.schema, parameters.sizeColumn, 'sizeColumn');
  if (size && !isNumeric(size.type) && size.type !== 'string') {
    throw new TrailhoundError('usage', `sizeColumn: column "${size.name}" is a ${size.type}, not a number`);
  }
  const names = [...(colourBy ? [colourBy] : []), ...(size ? [size.name] : [])];
  const table: Table =
    names.length > 0
      ? await source.read([...new Set(names)])
      : withColumns({ rowCount: source.rowCount, columns: [] }, []);
  const groups = orderGroups(
    colourBy
      ? categoriesOf(getColumn(table, colourBy))
      : { codes: new Int32Array(source.rowCount), labels: ['Events'] },
    'count',
    9,
    (row) => isPlaced(located, row),
    'values',
  );
  const weights = size ? numbersOf(getColumn(table, size.name), 'sizeColumn') : undefined;
  const routes = await routesOf(source, located, parameters);
  const places = placesOf(located, groups.codes, highlighted, weights);
  const drawn = places.slice(0, MAX_PLACES);
  const placedRows = groups.totals.reduce((sum, total) => sum + total, 0);

  const notes = [
    `${countOf(placedRows, 'event')} at ${countOf(places.length, 'place')}; area = ${size ? `sum of ${safeText(size.name, 40)}` : 'events'}.`,
  ];
  if (highlighted.includes(1))
    notes[0] += ` Red: ${countOf(
      highlighted.reduce((sum, flag) => sum + flag, 0),
      'highlighted event',
    )}.`;
  if (places.length > drawn.length)
    notes.push(
      `The ${formatCount(drawn.length)} largest places are drawn, ${formatCount(places.length - drawn.length)} are not.`,
    );
  if (source.rowCount > placedRows)
    notes.push(`${countOf(source.rowCount - placedRows, 'row')} without a known place not shown.`);
  if (routes) {
    notes.push(
      `${countOf(routes.impossible, 'journey')} of more than 100 km and faster than ${formatCount(parameters.maxSpeed)} km/h (red).${routes.journeys.length === MAX_ROUTES ? ` The ${MAX_ROUTES} fastest are drawn.` : ''}`,
    );
  }
  const tooltips = tellingColumns(source.schema, parameters.tooltipColumns, []);
  const rows = drawn.map(({ row }) => row);
  return mapPicture(
    {
      title: parameters.title ?? 'Where events come from',
      notes,
      widthInPx: parameters.width,
      places: drawn,
      cluster: parameters.cluster,
      categories: groups.labels,
      coloured: colourBy !== undefined,
      weightTitle: size ? `Sum of ${safeText(size.name, 40)}` : 'Events',
      routes: routes?.journeys.map((journey) => ({
        ...journey,
        a: [located.longitudes[journey.from]!, located.latitudes[journey.from]!] as const,
        b: [located.longitudes[journey.to]!, located.latitudes[journey.to]!] as const,
        traveller: safeText(routes.travellers[routes.codes[journey.from]!], 80),
        leftAt: routes.times[journey.from]!,
        arrivedAt: routes.times[journey.to]!,
      })),
      details: tooltips.length > 0 ? packDetails(await source.take(rows, tooltips), tooltips) : undefined,
    },
    measure,
  );
}

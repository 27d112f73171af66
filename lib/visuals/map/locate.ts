import { TrailhoundError } from '../../errors.ts';
import { getColumn, type Table, type TableSchema, type TableSource } from '../../tables/index.ts';
import { categoriesOf, cellText, firstColumn, numbersOf, requireColumn } from '../columns.ts';
import type { MapParameters } from './map-options.ts';
import type { Located } from './places.ts';

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

/** Coordinates of each row: from its columns, its JSON, or a table that places its address. */
export async function locate(
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

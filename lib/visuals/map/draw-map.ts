import { TrailhoundError } from '../../errors.ts';
import { getColumn, type Table, type TableSource, withColumns } from '../../tables/index.ts';
import {
  categoriesOf,
  firstColumn,
  isNumeric,
  numbersOf,
  requireColumn,
  tellingColumns,
  timeColumnOf,
  timesInMs,
} from '../columns.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatCount } from '../format.ts';
import { orderGroups } from '../groups.ts';
import { type MarkerShape, SHAPE_NAMES } from '../marker-shapes.ts';
import type { Picture } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { type Journey, journeysOf } from './journeys.ts';
import { locate } from './locate.ts';
import type { MapParameters } from './map-options.ts';
import { mapPicture } from './map-picture.ts';
import { placeDetails } from './place-details.ts';
import { isPlaced, type Located, placesOf } from './places.ts';

const TRAVELLERS = ['UserPrincipalName', 'Account', 'AccountUpn', 'AccountName', 'UserId', 'TargetUserName', 'User'];
const MAX_ROUTES = 400;
const MAX_PLACES = 4000;

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
export async function mapOf(inputs: readonly TableSource[], parameters: MapParameters): Promise<Picture> {
  const sources = inputs.map((source) => withEventNames(source, [parameters.sizeColumn]));
  const source = sources.find(({ name }) => name !== parameters.places) ?? sources[0]!;
  const located = await locate(source, sources, parameters);
  const highlighted = await highlightedRows(source, parameters);
  const colourBy = parameters.colourBy && requireColumn(source.schema, parameters.colourBy, 'colourBy').name;
  const size = parameters.sizeColumn && requireColumn(source.schema, parameters.sizeColumn, 'sizeColumn');
  if (size && !isNumeric(size.type) && size.type !== 'string') {
    throw new TrailhoundError('usage', `sizeColumn: column "${size.name}" is a ${size.type}, not a number`);
  }
  const iconBy = parameters.iconBy && requireColumn(source.schema, parameters.iconBy, 'iconBy').name;
  const names = [...(colourBy ? [colourBy] : []), ...(iconBy ? [iconBy] : []), ...(size ? [size.name] : [])];
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
  const kinds =
    iconBy &&
    orderGroups(
      categoriesOf(getColumn(table, iconBy)),
      'count',
      SHAPE_NAMES.length,
      (row) => isPlaced(located, row),
      'values',
    );
  const weights = size ? numbersOf(getColumn(table, size.name), 'sizeColumn') : undefined;
  const routes = await routesOf(source, located, parameters);
  const { places, placeOfRow } = placesOf(
    located,
    { categories: groups.codes, ...(kinds && { icons: kinds.codes }) },
    highlighted,
    weights,
  );
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
  const popups = (parameters.popupColumns ?? [])
    .map((name) => requireColumn(source.schema, name, 'popupColumns').name)
    .filter((name) => !tooltips.includes(name));
  const listed = [...tooltips, ...popups];
  return mapPicture({
    title: parameters.title ?? 'Where events come from',
    notes,
    widthInPx: parameters.width,
    places: drawn,
    cluster: parameters.cluster,
    categories: groups.labels,
    colourBy: colourBy ? safeText(colourBy, 60) : undefined,
    icons:
      kinds && iconBy
        ? { title: safeText(iconBy, 60), labels: kinds.labels, shapes: shapesOf(kinds.labels, parameters.icons) }
        : undefined,
    weightTitle: size ? `Sum of ${safeText(size.name, 40)}` : 'Events',
    routes: routes?.journeys.map((journey) => ({
      ...journey,
      a: [located.longitudes[journey.from]!, located.latitudes[journey.from]!] as const,
      b: [located.longitudes[journey.to]!, located.latitudes[journey.to]!] as const,
      traveller: safeText(routes.travellers[routes.codes[journey.from]!], 80),
      leftAt: routes.times[journey.from]!,
      arrivedAt: routes.times[journey.to]!,
    })),
    details:
      listed.length > 0
        ? {
            ...placeDetails(await source.read(listed), listed, placeOfRow, drawn.length),
            ...(popups.length > 0 && { tipColumns: tooltips.length }),
          }
        : undefined,
  });
}

/** Shapes as they are asked for; else each value has the next one. */
function shapesOf(labels: readonly string[], wanted: Readonly<Record<string, MarkerShape>> | undefined): MarkerShape[] {
  if (wanted === undefined) return labels.map((_, index) => SHAPE_NAMES[index % SHAPE_NAMES.length]!);
  const byValue = new Map(Object.entries(wanted).map(([value, shape]) => [value.toLowerCase(), shape]));
  return labels.map((label) => byValue.get(label.toLowerCase()) ?? byValue.get('default') ?? 'circle');
}

import type { Measure } from '../drawing-kit.ts';
import { formatShort } from '../format.ts';
import { colourLegend, type LegendEntry, legendHeight } from '../legend.ts';
import type { Details, Form, Picture, Plot, ZoomLevel } from '../picture.ts';
import { constant, type DrawingData, drawingData } from '../spec.ts';
import { categoryColour, type Theme } from '../theme.ts';
import { outline, placeMarks, routeMarks } from './map-marks.ts';
import { clusterPlaces, type Place } from './places.ts';
import { greatCircle, MAP_HEIGHT, MAP_WIDTH, pathOf, project } from './projection.ts';
import { worldOutline } from './world.ts';

export interface MapRoute {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  readonly traveller: string;
  readonly leftAt: number;
  readonly arrivedAt: number;
  readonly distanceInKm: number;
  readonly speedInKmh: number;
  readonly isImpossible: boolean;
}

export interface MapPlan {
  readonly title: string;
  readonly notes: readonly string[];
  readonly widthInPx: number;
  readonly places: readonly Place[];
  readonly cluster: boolean;
  readonly categories: readonly string[];
  readonly coloured: boolean;
  readonly weightTitle: string;
  readonly routes: readonly MapRoute[] | undefined;
  readonly details: Details | undefined;
}

const SMALLEST_AREA = 26;
const LARGEST_AREA = 560;
const CLUSTER_PX = 15;
const DEEPEST_ZOOM = 64;

/** The world with marks whose area is their weight, routes along great circles, and highlighted marks in red. */
export function mapPicture(plan: MapPlan, measure: Measure): Picture {
  const width = plan.widthInPx;
  const height = Math.round((MAP_HEIGHT / MAP_WIDTH) * width);
  const heaviest = clusterPlaces(plan.places, (CLUSTER_PX * MAP_WIDTH) / width).reduce(
    (most, { weight }) => Math.max(most, weight),
    1,
  );
  const areaOf = (weight: number) => SMALLEST_AREA + (LARGEST_AREA - SMALLEST_AREA) * Math.min(1, weight / heaviest);
  const indexOf = new Map(plan.places.map((place, index) => [place.row, index]));
  const dataOf = (places: readonly Place[], zoom: number): DrawingData => {
    const drawn = [...places].sort(
      (a, b) => Number(a.isHighlighted) - Number(b.isHighlighted) || b.weight - a.weight || a.row - b.row,
    );
    return drawingData(
      ['x', 'y', 'g', 'h', 'n', 'w', 's', 'k', 'i', 'label'],
      drawn.map((place, index) => ({
        x: Math.round(place.x * 100) / 100,
        y: Math.round(place.y * 100) / 100,
        g: place.category,
        h: place.isHighlighted ? 1 : 0,
        n: place.events,
        w: place.weight,
        s: Math.round(areaOf(place.weight)),
        k: place.places,
        i: indexOf.get(place.row) ?? -1,
        label: showsCount(drawn, index) ? formatShort(place.places) : '',
      })),
    );
    /** A count needs room in its mark, and no mark over it. */
    function showsCount(all: readonly Place[], index: number): boolean {
      const place = all[index]!;
      if (place.places < 2 || areaOf(place.weight) < 110) return false;
      const unit = (width / MAP_WIDTH) * zoom;
      return all
        .slice(index + 1)
        .every(
          (over) =>
            Math.hypot(over.x - place.x, over.y - place.y) * unit > Math.sqrt(areaOf(over.weight) / Math.PI) + 5,
        );
    }
  };
  const at = (zoom: number) => dataOf(clusterPlaces(plan.places, (CLUSTER_PX * MAP_WIDTH) / width / zoom), zoom);
  const base = plan.cluster ? at(1) : dataOf(plan.places, 1);
  const zoomLevels = (): ZoomLevel[] =>
    plan.cluster
      ? [
          ...[2, 4, 8, 16].map((zoom) => ({ zoom, data: { places: at(zoom) } })),
          { zoom: 32, data: { places: dataOf(plan.places, 32) } },
        ]
      : [];
  const entries: LegendEntry[] = [
    ...(plan.coloured
      ? plan.categories.map((label, code) => ({ label, colour: (theme: Theme) => categoryColour(theme, code) }))
      : []),
    ...(plan.places.some(({ isHighlighted }) => isHighlighted)
      ? [{ label: 'Highlighted', colour: (theme: Theme) => theme.alert }]
      : []),
  ];
  const legendPx = legendHeight(entries, width, measure);
  const world = worldOutline();
  const data: Record<string, DrawingData> = {
    sphere: { path: [world.sphere] },
    land: { path: [world.land] },
    graticule: { path: [world.graticule] },
    places: base,
    routes: drawingData(
      ['path', 'bad', 'traveller', 'left', 'arrived', 'km', 'kmh', 'ax', 'ay', 'bx', 'by'],
      (plan.routes ?? []).map((route) => {
        const [ax, ay] = project(...route.a);
        const [bx, by] = project(...route.b);
        return {
          path: pathOf(greatCircle(route.a, route.b), false),
          bad: route.isImpossible ? 1 : 0,
          traveller: route.traveller,
          left: route.leftAt,
          arrived: route.arrivedAt,
          km: Math.round(route.distanceInKm),
          kmh: Math.round(route.speedInKmh),
          ax,
          ay,
          bx,
          by,
        };
      }),
    ),
  };
  return {
    title: plan.title,
    notes: plan.notes,
    data,
    zoom: 'xy',
    extent: { x: [0, MAP_WIDTH], y: [0, MAP_HEIGHT] },
    minSpan: MAP_WIDTH / DEEPEST_ZOOM,
    categories: plan.categories,
    ...(plan.coloured && plan.categories.length > 1 ? { toggles: { field: 'g', data: ['places'] } } : {}),
    ...(plan.details && { details: plan.details }),
    zoomLevels,
    tips: {
      place: [
        ...(plan.coloured ? [{ label: 'Value', field: 'g', as: 'category' as const }] : []),
        { label: 'Events', field: 'n', as: 'number' },
        ...(plan.weightTitle === 'Events' ? [] : [{ label: plan.weightTitle, field: 'w', as: 'number' as const }]),
        { label: 'Places joined', field: 'k', as: 'number' },
      ],
      route: [
        { label: 'Traveller', field: 'traveller', as: 'text' },
        { label: 'Left', field: 'left', as: 'time' },
        { label: 'Arrived', field: 'arrived', as: 'time' },
        { label: 'Kilometres', field: 'km', as: 'number' },
        { label: 'Kilometres an hour', field: 'kmh', as: 'number' },
      ],
    },
    plot: (theme: Theme, _form: Form): Plot => ({
      margin: { left: 0, right: 0, top: legendPx + 4, bottom: 4 },
      widthInPx: width,
      heightInPx: height,
      signals: [
        { name: 'xDomain', value: [0, MAP_WIDTH] },
        { name: 'yDomain', value: [0, MAP_HEIGHT] },
        { name: 'k', update: `${width}/(xDomain[1]-xDomain[0])` },
      ],
      scales: [
        { name: 'x', type: 'linear', domain: { signal: 'xDomain' }, range: [0, width], zero: false, nice: false },
        { name: 'y', type: 'linear', domain: { signal: 'yDomain' }, range: [0, height], zero: false, nice: false },
        {
          name: 'colour',
          type: 'ordinal',
          domain: plan.categories.map((_, code) => code),
          range: plan.categories.map((_, code) => categoryColour(theme, code)),
        },
      ],
      marks: [
        {
          type: 'group',
          clip: true,
          encode: { enter: constant({ width, height }) },
          marks: [
            outline('sphere', { fill: theme.water, stroke: theme.line, strokeWidth: 1 }),
            outline('land', { fill: theme.land, stroke: theme.coast, strokeWidth: 0.6 }),
            outline('graticule', { fill: null, stroke: theme.line, strokeWidth: 0.7, strokeOpacity: 0.55 }),
            ...routeMarks(theme),
            ...placeMarks(theme),
          ],
        },
        ...colourLegend(theme, entries, { x: 0, y: -legendPx + 6, widthInPx: width }, measure),
      ],
    }),
  };
}

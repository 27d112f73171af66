import type { LegendEntry } from '../legend.ts';
import { MARKER_SHAPES, type MarkerShape } from '../marker-shapes.ts';
import type { Details, Form, Picture, Plot, ZoomLevel } from '../picture.ts';
import { type DrawingData, drawingData } from '../spec.ts';
import { categoryColour, letterColour, type Theme } from '../theme.ts';
import { clusterPlaces } from './cluster-places.ts';
import { outline, placeMarks, routeMarks } from './map-marks.ts';
import { placeData } from './place-data.ts';
import type { Place } from './places.ts';
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

/** Shapes of marks by a column: names of its values, and their shapes. */
export interface MapIcons {
  readonly title: string;
  readonly labels: readonly string[];
  readonly shapes: readonly MarkerShape[];
}

export interface MapPlan {
  readonly title: string;
  readonly notes: readonly string[];
  readonly widthInPx: number;
  readonly places: readonly Place[];
  readonly cluster: boolean;
  readonly categories: readonly string[];
  readonly colourBy: string | undefined;
  readonly icons: MapIcons | undefined;
  readonly weightTitle: string;
  readonly routes: readonly MapRoute[] | undefined;
  readonly details: Details | undefined;
}

const SMALLEST_AREA = 26;
/** Below this, shapes cannot be told apart. */
const SMALLEST_SHAPE_AREA = 90;
const LARGEST_AREA = 560;
const CLUSTER_PX = 15;
const DEEPEST_ZOOM = 64;
/** From here on, marks are drawn one by one. */
const DEEP_ZOOM = 32;

/** The world with marks whose area is their weight, routes along great circles, and highlighted marks in red. */
export function mapPicture(plan: MapPlan): Picture {
  const width = plan.widthInPx;
  const height = Math.round((MAP_HEIGHT / MAP_WIDTH) * width);
  const clustered = (zoom: number) => clusterPlaces(plan.places, (CLUSTER_PX * MAP_WIDTH) / width / zoom);
  const joined = clustered(1);
  const heaviest = joined.reduce((most, { weight }) => Math.max(most, weight), 1);
  const smallest = plan.icons ? SMALLEST_SHAPE_AREA : SMALLEST_AREA;
  const areaOf = (weight: number) => smallest + (LARGEST_AREA - smallest) * Math.min(1, weight / heaviest);
  const detailOf = new Map(plan.places.map((place, index) => [place.row, index]));
  const dataOf = (places: readonly Place[], zoom: number) =>
    placeData(places, { areaOf, pxPerUnit: (width / MAP_WIDTH) * zoom, detailOf });
  const base = dataOf(plan.cluster ? joined : plan.places, 1);
  /** From the smallest map, on which most is joined, over those on which less is, to that on which nothing is. */
  const zoomLevels = (): ZoomLevel[] => {
    if (!plan.cluster) return [];
    const levels: ZoomLevel[] = [];
    for (const zoom of [0.25, 0.5, 1, 2, 4, 8, 16]) {
      const places = zoom === 1 ? joined : clustered(zoom);
      levels.push({ zoom, data: zoom === 1 ? {} : { places: dataOf(places, zoom) } });
      if (zoom >= 1 && places.length === plan.places.length) break;
    }
    return [...levels, { zoom: DEEP_ZOOM, data: { places: dataOf(plan.places, DEEP_ZOOM) } }];
  };
  const { icons } = plan;
  const coloured = plan.colourBy !== undefined;
  const heading = (label: string): LegendEntry[] =>
    coloured && icons ? [{ label, isHeading: true, colour: (theme) => theme.mute }] : [];
  const entries: LegendEntry[] = [
    ...(coloured
      ? [
          ...heading(plan.colourBy),
          ...plan.categories.map((label, code) => ({
            label,
            colour: (theme: Theme) => categoryColour(theme, code),
            category: code,
          })),
        ]
      : []),
    ...(icons
      ? [
          ...heading(icons.title),
          ...icons.labels.map((label, icon) => ({
            label,
            colour: (theme: Theme) => (coloured ? theme.mute : categoryColour(theme, 0)),
            shape: MARKER_SHAPES[icons.shapes[icon]!],
            area: 64,
          })),
        ]
      : []),
    ...(plan.places.some(({ isHighlighted }) => isHighlighted)
      ? [{ label: 'Highlighted', colour: (theme: Theme) => theme.alert }]
      : []),
  ];
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
    isEmpty: plan.places.length === 0,
    data,
    zoom: 'xy',
    extent: { x: [0, MAP_WIDTH], y: [0, MAP_HEIGHT] },
    minSpan: MAP_WIDTH / DEEPEST_ZOOM,
    categories: plan.categories,
    ...(coloured && plan.categories.length > 1 ? { toggles: { field: 'g', data: ['places'] } } : {}),
    legend: entries,
    sizing: { kind: 'shape' },
    ...(plan.details && { details: plan.details }),
    zoomLevels,
    tips: {
      place: [
        ...(coloured ? [{ label: plan.colourBy, field: 'g', as: 'category' as const }] : []),
        { label: 'Events', field: 'n', as: 'number' },
        ...(plan.weightTitle === 'Events' ? [] : [{ label: plan.weightTitle, field: 'w', as: 'number' as const }]),
        { label: 'Places joined; the largest is listed', field: 'k', as: 'number' },
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
      margin: { left: 0, right: 0, top: 4, bottom: 4 },
      widthInPx: width,
      heightInPx: height,
      signals: [
        { name: 'xDomain', value: [0, MAP_WIDTH] },
        { name: 'yDomain', value: [0, MAP_HEIGHT] },
        { name: 'k', update: 'width/(xDomain[1]-xDomain[0])' },
        // Marks are smaller on a small map.
        { name: 'dot', update: `clamp(width/${width},0.4,1.25)` },
      ],
      scales: [
        {
          name: 'x',
          type: 'linear',
          domain: { signal: 'xDomain' },
          range: [0, { signal: 'width' }],
          zero: false,
          nice: false,
        },
        {
          name: 'y',
          type: 'linear',
          domain: { signal: 'yDomain' },
          range: [0, { signal: 'height' }],
          zero: false,
          nice: false,
        },
        {
          name: 'colour',
          type: 'ordinal',
          domain: plan.categories.map((_, code) => code),
          range: plan.categories.map((_, code) => categoryColour(theme, code)),
        },
        {
          name: 'letters',
          type: 'ordinal',
          domain: plan.categories.map((_, code) => code),
          range: plan.categories.map((_, code) => letterColour(categoryColour(theme, code))),
        },
        {
          name: 'shape',
          type: 'ordinal',
          domain: (icons?.shapes ?? [0]).map((_, icon) => icon),
          range: (icons?.shapes ?? ['circle' as const]).map((shape) => MARKER_SHAPES[shape]),
        },
      ],
      marks: [
        {
          type: 'group',
          clip: true,
          encode: { update: { width: { signal: 'width' }, height: { signal: 'height' } } },
          marks: [
            outline('sphere', { fill: theme.water, stroke: theme.line, strokeWidth: 1 }),
            outline('land', { fill: theme.land, stroke: theme.coast, strokeWidth: 0.6 }),
            outline('graticule', { fill: null, stroke: theme.line, strokeWidth: 0.7, strokeOpacity: 0.55 }),
            ...routeMarks(theme),
            ...placeMarks(theme),
          ],
        },
      ],
    }),
  };
}

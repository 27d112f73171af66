import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf, tableFromRows } from '../../../lib/tables/index.ts';
import { mapOf, mapOptions } from '../../../lib/visuals/index.ts';
import { clusterPlaces } from '../../../lib/visuals/map/cluster-places.ts';
import { placesOf } from '../../../lib/visuals/map/places.ts';
import { distanceInKm, greatCircle, MAP_HEIGHT, MAP_WIDTH, project } from '../../../lib/visuals/map/projection.ts';
import { sideBySide } from '../../../lib/visuals/map/side-by-side.ts';
import { worldOutline } from '../../../lib/visuals/map/world.ts';
import { MARKER_SHAPES } from '../../../lib/visuals/marker-shapes.ts';
import { signIns } from './sample-tables.ts';

const degrees = fc.tuple(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: -90, max: 90, noNaN: true }),
);

describe('projection', () => {
  it('puts the middle in the middle and everything on the map', () => {
    expect(project(0, 0)).toEqual([MAP_WIDTH / 2, MAP_HEIGHT / 2]);
    fc.assert(
      fc.property(degrees, ([longitude, latitude]) => {
        const [x, y] = project(longitude, latitude);
        expect(x).toBeGreaterThanOrEqual(-1e-6);
        expect(x).toBeLessThanOrEqual(MAP_WIDTH + 1e-6);
        expect(y).toBeGreaterThanOrEqual(-1e-6);
        expect(y).toBeLessThanOrEqual(MAP_HEIGHT + 1e-6);
      }),
    );
  });

  it('knows distances', () => {
    expect(distanceInKm([-0.1278, 51.5074], [151.2093, -33.8688])).toBeCloseTo(16_994, -1);
    const path = greatCircle([-0.1278, 51.5074], [151.2093, -33.8688]);
    const length = path.slice(1).reduce((sum, point, index) => sum + distanceInKm(path[index]!, point), 0);
    expect(length).toBeCloseTo(16_994, -1);
  });

  it('has a world without lines across the antimeridian', () => {
    const { land } = worldOutline();
    let before: number | undefined;
    for (const [, letter, x] of land.matchAll(/([ML])([-\d.]+),[-\d.]+/g)) {
      if (letter === 'L' && before !== undefined) expect(Math.abs(Number(x) - before)).toBeLessThan(MAP_WIDTH * 0.9);
      before = Number(x);
    }
    expect(land.length).toBeGreaterThan(50_000);
  });
});

describe('places', () => {
  it('clusters lose no event', () => {
    fc.assert(
      fc.property(
        fc.array(degrees, { maxLength: 60 }),
        fc.double({ min: 1, max: 200, noNaN: true }),
        (points, distance) => {
          const located = {
            longitudes: Float64Array.from(points, ([x]) => x),
            latitudes: Float64Array.from(points, ([, y]) => y),
          };
          const { places, placeOfRow } = placesOf(
            located,
            { categories: new Int32Array(points.length) },
            new Uint8Array(points.length),
            undefined,
          );
          expect(placeOfRow.filter((place) => place >= 0)).toHaveLength(
            places.reduce((sum, { events }) => sum + events, 0),
          );
          const clusters = clusterPlaces(places, distance);
          const count = (list: typeof places) => list.reduce((sum, { events }) => sum + events, 0);
          expect(count(clusters)).toBe(count(places));
          expect(clusters.reduce((sum, cluster) => sum + cluster.places, 0)).toBe(places.length);
        },
      ),
    );
  });
});

describe('marks of different kinds at one site', () => {
  const place = (x: number, category: number, row: number) => ({
    x,
    y: 100,
    category,
    icon: 0,
    isHighlighted: false,
    events: 1,
    weight: 1,
    row,
    places: 1,
  });
  it('stand beside each other, around it; others stay', () => {
    const offsets = sideBySide([place(500, 0, 0), place(500, 1, 1), place(500, 2, 2), place(800, 0, 3)], () => 100, 1);
    const radius = Math.sqrt(100 / Math.PI);
    expect(offsets[3]).toBeUndefined();
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [0, 2],
    ] as const) {
      const distance = Math.hypot(offsets[a]!.dx - offsets[b]!.dx, offsets[a]!.dy - offsets[b]!.dy);
      expect(distance).toBeGreaterThan(1.5 * radius);
    }
    const middle = offsets.slice(0, 3).reduce((sum, offset) => sum + offset!.dx, 0);
    expect(middle).toBeCloseTo(0, 0);
  });
});

describe('draw.map', () => {
  const columns = [
    { name: 'Latitude', type: 'real' },
    { name: 'Longitude', type: 'real' },
    { name: 'App', type: 'string' },
    { name: 'Risk', type: 'string' },
    { name: 'User', type: 'string' },
  ] as const;
  const rows = [
    ...Array.from({ length: 9 }, (_, row) => [53.5, 10, 'Mail', 'none', `user${row % 4}`]),
    [53.5, 10, 'Mail', 'high', 'user0'],
    [-8, -34.9, 'Portal', 'high', 'user9'],
  ];

  it('gives each value of a column a shape, and a legend that says which', async () => {
    const source = sourceOf(tableFromRows(columns, rows));
    const picture = await mapOf([source], mapOptions.parse({ colourBy: 'App', iconBy: 'Risk' }));
    expect(picture.data['places']!['m']).toEqual([0, 1, 1]);
    const shapes = picture.legend!.filter(({ shape }) => shape !== undefined);
    expect(shapes.map(({ label, shape }) => [label, shape])).toEqual([
      ['none', MARKER_SHAPES.circle],
      ['high', MARKER_SHAPES.square],
    ]);
    const named = await mapOf([source], mapOptions.parse({ iconBy: 'Risk', icons: { high: 'star', default: 'plus' } }));
    expect(named.legend!.map(({ shape }) => shape)).toEqual([MARKER_SHAPES.plus, MARKER_SHAPES.star]);
    expect(mapOptions.safeParse({ icons: { high: 'skull' } }).success).toBe(false);
  });

  it('lists the values of a mark’s rows, the commonest first, and more of them when it is clicked', async () => {
    const options = { colourBy: 'App', tooltipColumns: ['User'], popupColumns: ['Risk'] };
    const { details } = await mapOf([sourceOf(tableFromRows(columns, rows))], mapOptions.parse(options));
    const text = (column: number, place: number) => details!.texts[details!.cells[column]![place]!];
    expect(details!.columns).toEqual(['User', 'Risk']);
    expect(details!.tipColumns).toBe(1);
    expect(text(0, 0)).toBe('user0 (4), user1 (2), user2 (2), user3 (2)');
    expect(text(1, 0)).toBe('none (9), high');
    expect(text(0, 1)).toBe('user9');
  });

  it('finds the journey that cannot have been made', async () => {
    const picture = await mapOf(
      [sourceOf(signIns())],
      mapOptions.parse({ routes: 'impossible', highlight: ['198.51.100.66'] }),
    );
    const travellers = picture.data['routes']!['traveller']!;
    const jdoe = travellers.indexOf('jdoe@contoso.com');
    expect(jdoe).toBeGreaterThanOrEqual(0);
    expect(picture.data['routes']!['kmh']![jdoe]).toBeGreaterThan(20_000);
    expect(picture.data['places']!['h']).toContain(1);
  });

  it('places addresses by a second table, and counts what has no place', async () => {
    const flows = tableFromRows(
      [{ name: 'RemoteIP', type: 'string' }],
      [['192.0.2.1'], ['192.0.2.1'], ['203.0.113.9']],
    );
    const places = tableFromRows(
      [
        { name: 'IPAddress', type: 'string' },
        { name: 'Latitude', type: 'real' },
        { name: 'Longitude', type: 'real' },
      ],
      [['192.0.2.1', 48.85, 2.35]],
    );
    const picture = await mapOf(
      [sourceOf(flows, 'flows'), sourceOf(places, 'places')],
      mapOptions.parse({ places: 'places' }),
    );
    expect(picture.data['places']!['n']).toEqual([2]);
    expect(picture.notes.join(' ')).toContain('1 row without a known place');
  });

  it('says what is missing', async () => {
    const source = sourceOf(tableFromRows([{ name: 'a', type: 'string' }], [['x']]));
    await expect(mapOf([source], mapOptions.parse({}))).rejects.toThrow(/no coordinates/);
    await expect(mapOf([sourceOf(signIns())], mapOptions.parse({ sizeColumn: 'AppDisplayName' }))).rejects.toThrow(
      /sizeColumn: column "AppDisplayName" is not numeric/,
    );
  });
});

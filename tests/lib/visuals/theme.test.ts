import { describe, expect, it } from 'vitest';
import { MARKER_SHAPES } from '../../../lib/visuals/marker-shapes.ts';
import { severityColours, severityRank } from '../../../lib/visuals/severity.ts';
import { contrast, letterColour, THEMES, type Theme } from '../../../lib/visuals/theme.ts';

const TEXT_ON_GROUND: readonly (readonly [keyof Theme, keyof Theme])[] = [
  ['ink', 'paper'],
  ['ink', 'faint'],
  ['ink', 'faintStrong'],
  ['ink', 'alertFill'],
  ['ink', 'warnFill'],
  ['mute', 'paper'],
  ['mute', 'faint'],
  ['mute', 'faintStrong'],
  ['mute', 'alertFill'],
  ['mute', 'warnFill'],
  ['alertText', 'paper'],
  ['alertText', 'alertFill'],
  ['warnText', 'paper'],
  ['warnText', 'warnFill'],
];

describe.each(Object.values(THEMES))('the $name theme', (theme) => {
  it('has text that WCAG AA calls readable', () => {
    const low = TEXT_ON_GROUND.filter(
      ([text, ground]) => contrast(theme[text] as string, theme[ground] as string) < 4.5,
    );
    expect(low).toEqual([]);
  });

  it('has marks that stand out from their ground', () => {
    for (const colour of [...theme.categories, theme.bar, theme.accent, theme.alert, theme.warn]) {
      expect(contrast(colour, theme.paper), colour).toBeGreaterThanOrEqual(3);
    }
  });

  it('has letters that can be read on each category', () => {
    for (const colour of [...theme.categories, theme.alert])
      expect(contrast(letterColour(colour), colour)).toBeGreaterThanOrEqual(4.5);
  });

  it('gives severities their colours, and nothing to other words', () => {
    expect(severityColours(theme, ['High', 'medium', 'Low'])).toEqual([theme.alert, theme.warn, theme.accent]);
    expect(severityColours(theme, ['High', 'ws-17'])).toBeUndefined();
    expect(severityColours(theme, [])).toBeUndefined();
    expect(severityRank('constructor')).toBe(0);
  });
});

it('knows the contrast of black and white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
});

describe('shapes of marks', () => {
  const polygons = Object.entries(MARKER_SHAPES).filter(([name]) => name !== 'circle' && name !== 'square');
  it.each(polygons)('%s has the area of the square', (_, path) => {
    const points = path
      .slice(1, -1)
      .split('L')
      .map((pair) => pair.split(',').map(Number) as [number, number]);
    const twice = points.reduce((sum, [x, y], index) => {
      const [nextX, nextY] = points[(index + 1) % points.length]!;
      return sum + x * nextY - nextX * y;
    }, 0);
    expect(Math.abs(twice / 2)).toBeCloseTo(4, 1);
  });

  it('all differ', () => {
    expect(new Set(Object.values(MARKER_SHAPES)).size).toBe(Object.keys(MARKER_SHAPES).length);
  });
});

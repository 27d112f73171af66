import { formatShort } from '../format.ts';
import type { LegendEntry } from '../legend.ts';
import { MARKER_SHAPES } from '../marker-shapes.ts';
import { constant, type Json, type SpecPart } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import { TEXT_FONT, type Theme } from '../theme.ts';
import { type Matrix, type SizeMode, sizeShare } from './matrix.ts';
import type { Layout, MatrixLook } from './matrix-layout.ts';

/** px that the legend takes at the right. */
export function legendWidth(look: MatrixLook, measure: Measure): number {
  return look.mode === 'fixed' ? 0 : Math.max(60, measure(`600 11px ${TEXT_FONT}`, legendTitle(look)) + 12);
}

const SIZE_WORDS: Readonly<Record<SizeMode, string>> = {
  linear: '',
  log: ' (log)',
  inverse: ' (rare = large)',
  'inverse-log': ' (rare = large, log)',
  fixed: '',
};
export const legendTitle = (look: MatrixLook): string => look.valueTitle + SIZE_WORDS[look.mode];

/** A few sizes (or colours) with the values that they stand for. */
export function legendEntries(
  layout: Layout,
  look: MatrixLook,
  matrix: Matrix,
  areaOf: (value: number) => number,
): LegendEntry[] {
  if (look.mode === 'fixed' || !(matrix.largest > 0)) return [];
  return legendValues(matrix.largest, layout.heat ? 'log' : look.mode).map((value) => {
    const share = sizeShare(value, matrix.largest, look.mode === 'linear' ? 'log' : look.mode);
    return {
      label: formatShort(value),
      ...(layout.heat
        ? {
            colour: (theme: Theme) => theme.ramp[Math.min(4, Math.round(share * 4))]!,
            shape: MARKER_SHAPES.square,
            area: 144,
          }
        : { colour: (theme: Theme) => theme.accent, area: areaOf(value) }),
    };
  });
}

/** The entries in a column. */
export function legendMarks(theme: Theme, entries: readonly LegendEntry[], look: MatrixLook, x: number): SpecPart[] {
  if (entries.length === 0) return [];
  const text = (value: string, dx: number, y: number, more: Record<string, Json>): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: { enter: constant({ x: x + dx, y, text: value, baseline: 'middle', ...more }) },
  });
  let y = 22;
  return [
    text(legendTitle(look), 0, 4, { fontWeight: 600, fill: theme.mute }),
    ...entries.flatMap(({ label, colour, shape, area = 78 }) => {
      const row = Math.max(17, Math.sqrt(area) + 3);
      y += row;
      const middle = y - row / 2;
      const swatch = constant({
        x: x + 14,
        y: middle,
        size: area,
        shape: shape ?? 'circle',
        fill: colour(theme),
        fillOpacity: shape ? 1 : 0.85,
      });
      return [{ type: 'symbol', interactive: false, encode: { enter: swatch } }, text(label, 32, middle, {})];
    }),
  ];
}

/** A few values from the smallest to the largest, to show what sizes mean. */
function legendValues(largest: number, mode: SizeMode): number[] {
  if (largest <= 4 && Number.isInteger(largest)) return Array.from({ length: largest }, (_, index) => index + 1);
  if (mode === 'linear')
    return [
      ...new Set(
        [largest / 10, largest / 4, largest / 2, largest].map((value) =>
          Number.isInteger(largest)
            ? Math.max(1, Math.round(Number(value.toPrecision(2))))
            : Number(value.toPrecision(2)),
        ),
      ),
    ];
  const powers: number[] = [];
  for (let value = largest >= 1 ? 1 : largest / 1000; value <= largest; value *= 10) powers.push(value);
  const stride = Math.ceil(powers.length / 5);
  return powers.filter((_, index) => index % stride === 0);
}

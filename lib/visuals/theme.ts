export type ThemeName = 'light' | 'dark';

/** The colours of one theme. Pictures name roles, never colours, so that both themes come from one plan. */
export interface Theme {
  readonly name: ThemeName;
  readonly paper: string;
  readonly ink: string;
  readonly mute: string;
  readonly grid: string;
  readonly line: string;
  readonly faint: string;
  readonly faintStrong: string;
  readonly accent: string;
  readonly bar: string;
  readonly alert: string;
  readonly alertText: string;
  readonly alertFill: string;
  readonly warn: string;
  readonly warnText: string;
  readonly warnFill: string;
  readonly good: string;
  /** Categories, in order; each at 3:1 with its ground, told apart as far as ten colours can be. */
  readonly categories: readonly string[];
  /** From few to many. The first is visible on `faint`: one event is never lost. */
  readonly ramp: readonly string[];
  readonly water: string;
  readonly land: string;
  readonly coast: string;
}

const LIGHT: Theme = {
  name: 'light',
  paper: '#ffffff',
  ink: '#1c2733',
  mute: '#5d6b7a',
  grid: '#e6eaee',
  line: '#c8d0d8',
  faint: '#f5f7f9',
  faintStrong: '#e9edf1',
  accent: '#2f6db3',
  bar: '#8595a5',
  alert: '#d1242f',
  alertText: '#a11a23',
  alertFill: '#fdecec',
  warn: '#d9740f',
  warnText: '#9a5410',
  warnFill: '#fff4e6',
  good: '#3c9a5f',
  categories: [
    '#2f6db3',
    '#d06c0e',
    '#36905a',
    '#8a5cc2',
    '#a88412',
    '#108f95',
    '#a0603a',
    '#c85aa4',
    '#6b7a89',
    '#738c18',
  ],
  ramp: ['#b4cfea', '#7fb0dc', '#3d7fc0', '#1e4f8f', '#0d2a57'],
  water: '#eef4f8',
  land: '#d0d5d9',
  coast: '#ffffff',
};

const DARK: Theme = {
  name: 'dark',
  paper: '#11181f',
  ink: '#e3e9ef',
  mute: '#93a1af',
  grid: '#26313b',
  line: '#3a4753',
  faint: '#18212a',
  faintStrong: '#212c36',
  accent: '#62a5e8',
  bar: '#5c6d7d',
  alert: '#f2555f',
  alertText: '#ff8f96',
  alertFill: '#3a1c22',
  warn: '#e8913a',
  warnText: '#f0b070',
  warnFill: '#352818',
  good: '#56b97b',
  categories: [
    '#62a5e8',
    '#f09a4a',
    '#5cbd80',
    '#ab86dd',
    '#dcbb4c',
    '#41bfc5',
    '#c88a63',
    '#e28cc6',
    '#94a3b1',
    '#a5c03f',
  ],
  ramp: ['#234465', '#2f6ba6', '#4a95d6', '#8fc3ee', '#e4f2ff'],
  water: '#151f29',
  land: '#36424e',
  coast: '#11181f',
};

export const THEMES: Readonly<Record<ThemeName, Theme>> = { light: LIGHT, dark: DARK };

export const TEXT_FONT = 'Inter, "DejaVu Sans"';
export const CODE_FONT = '"DejaVu Mono"';
/** In a browser, which has fonts for every script. */
export const PAGE_TEXT_FONT = `Inter, system-ui, "Segoe UI", "DejaVu Sans", sans-serif`;
export const PAGE_CODE_FONT = `ui-monospace, Consolas, "DejaVu Sans Mono", monospace`;

const channel = (hex: string) => {
  const share = Number.parseInt(hex, 16) / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** Relative luminance of `#rrggbb`, by WCAG 2. */
export function luminance(colour: string): number {
  const part = (at: number) => channel(colour.slice(at, at + 2));
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** Contrast ratio of two colours, 1 to 21, by WCAG 2. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white letters, whichever can be read better on a colour. */
export function letterColour(ground: string): string {
  return contrast(ground, '#ffffff') >= contrast(ground, '#000000') ? '#ffffff' : '#000000';
}

/** The colour of the n-th category; after the last they begin again. */
export function categoryColour(theme: Theme, index: number): string {
  return theme.categories[index % theme.categories.length]!;
}

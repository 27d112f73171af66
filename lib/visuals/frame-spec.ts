import { colourLegend, legendHeight } from './legend.ts';
import type { Form, Picture } from './picture.ts';
import { constant, type SpecPart } from './spec.ts';
import { type Measure, wrapText } from './text-fit.ts';
import { PAGE_TEXT_FONT, TEXT_FONT, type Theme } from './theme.ts';

const EDGE = 22;

export interface FramedSpec {
  readonly spec: SpecPart;
  readonly widthInPx: number;
  readonly heightInPx: number;
}

function titleMarks(
  picture: Picture,
  theme: Theme,
  measure: Measure,
  at: { x: number; y: number; widthInPx: number },
): { marks: SpecPart[]; heightInPx: number } {
  const lines = picture.notes.flatMap((note) => wrapText(measure, `12px ${TEXT_FONT}`, note, at.widthInPx));
  const text = (value: string, y: number, size: number, weight: number, fill: string): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: {
      enter: constant({
        x: at.x,
        y: at.y + y,
        text: value,
        font: TEXT_FONT,
        fontSize: size,
        fontWeight: weight,
        fill,
        baseline: 'top',
      }),
    },
  });
  const [title = ''] = wrapText(measure, `600 17px ${TEXT_FONT}`, picture.title, at.widthInPx, 1);
  return {
    marks: [
      text(title, 0, 17, 600, theme.ink),
      ...lines.map((line, index) => text(line, 27 + index * 16, 12, 400, theme.mute)),
    ],
    heightInPx: 27 + lines.length * 16 + 8,
  };
}

/** The vega specification of a picture in one theme and form. */
export function frameSpec(picture: Picture, theme: Theme, form: Form, measure: Measure): FramedSpec {
  const plot = picture.plot(theme, form);
  const { margin, widthInPx, heightInPx } = plot;
  const edge = form === 'png' ? EDGE : 0;
  const textWidth = margin.left + widthInPx + margin.right;
  const draft = titleMarks(picture, theme, measure, { x: -margin.left, y: 0, widthInPx: textWidth });
  const entries = form === 'png' ? (picture.legend ?? []) : [];
  const legendPx = legendHeight(entries, widthInPx, measure);
  const headHeight = form === 'png' ? draft.heightInPx + legendPx : 0;
  const top = -margin.top - headHeight;
  const title =
    form === 'png'
      ? [
          ...titleMarks(picture, theme, measure, { x: -margin.left, y: top, widthInPx: textWidth }).marks,
          ...colourLegend(theme, entries, { x: 0, y: top + draft.heightInPx + 10, widthInPx }, measure),
        ]
      : [];
  const font = form === 'png' ? TEXT_FONT : PAGE_TEXT_FONT;
  const padding = {
    left: edge + margin.left,
    right: edge + margin.right,
    top: edge + headHeight + margin.top,
    bottom: edge + margin.bottom,
  };
  return {
    spec: {
      autosize: 'none',
      background: theme.paper,
      width: widthInPx,
      height: heightInPx,
      padding,
      config: {
        axis: {
          labelFont: font,
          titleFont: font,
          labelColor: theme.mute,
          titleColor: theme.mute,
          labelFontSize: 11,
          titleFontSize: 11,
          titleFontWeight: 500,
          gridColor: theme.grid,
          domainColor: theme.line,
          tickColor: theme.line,
        },
        legend: {
          labelFont: font,
          titleFont: font,
          labelColor: theme.ink,
          titleColor: theme.mute,
          labelFontSize: 11,
          titleFontSize: 11,
          titleFontWeight: 600,
        },
        text: { font, fontSize: 11, fill: theme.ink },
      },
      signals: plot.signals ?? [],
      data: Object.keys(picture.data).map((name) => ({ name })),
      scales: plot.scales,
      axes: plot.axes ?? [],
      legends: plot.legends ?? [],
      marks: [...title, ...plot.marks],
    },
    widthInPx: widthInPx + padding.left + padding.right,
    heightInPx: heightInPx + padding.top + padding.bottom,
  };
}

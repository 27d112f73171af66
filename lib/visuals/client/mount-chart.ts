import { changeset, type Item, parse, type Spec, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { formatDuration, formatShort } from '../format.ts';
import type { ChartPayload } from '../payload.ts';
import { drawingRows } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import { type Fit, fitChart } from './fit.ts';
import { drawLegend } from './legend.ts';
import { type LevelCells, makeLevels } from './levels.ts';
import { marksInSight } from './marks.ts';
import { placeNodeLabels } from './node-labels.ts';
import { detailPane, isTyping, make, makeTip, type ThemeName, whilePrinting } from './page.ts';
import { tipPairs } from './tips.ts';
import { attachZoom, type Window2d } from './zoom.ts';

const deny = () => Promise.reject(new Error('denied'));
const lockedLoader = { options: {}, load: deny, http: deny, file: deny, sanitize: deny };
const PLANE_HELP =
  'Wheel or + − zooms, drag or the arrow keys pan, 0 or double-click resets; click a mark to keep its details, n and p step through marks';
/** Width of a sheet of paper between its margins. */
const PAPER_PX = 700;
const SETTLE_IN_MS = 80;

type Row = Record<string, string | number>;
/** Columns of a data set that stand in the place of the payload's. */
type Override = Readonly<Record<string, readonly (string | number)[]>>;

export interface Chart {
  readonly element: HTMLElement;
  readonly view: () => View;
  setTheme(theme: ThemeName): Promise<void>;
  /** Replaces columns of a data set. */
  change(data: string, columns: Override): void;
}

/** Measures texts as the page draws them. */
function pageMeasure(): Measure {
  const context = document.createElement('canvas').getContext('2d')!;
  return (font, text) => {
    if (context.font !== font) context.font = font;
    return context.measureText(text).width;
  };
}

/** A chart in an element: draws it, fits it to the window, and lets the reader zoom, pan, brush and ask for details. */
export async function mountChart(
  payload: ChartPayload,
  parent: HTMLElement,
  theme: ThemeName,
  selected?: (index: number) => void,
): Promise<Chart> {
  const element = make('div', `chart zoom-${payload.zoom}`);
  element.tabIndex = 0;
  element.setAttribute('role', 'application');
  element.setAttribute('aria-label', document.title);
  const legend = make('div', 'legend');
  const status = make('div', 'status');
  parent.append(...(payload.legend ? [legend] : []), element, status);
  const showDetail = detailPane(parent);
  const tip = makeTip();
  const levels = makeLevels(payload);
  const measure = pageMeasure();
  const { zoomLevels, toggles, placedLabels, sizing } = payload;
  const whole: Window2d = { x: payload.extent?.x ?? [0, 1], y: payload.extent?.y ?? [0, 1] };
  let view: View | undefined;
  let shown: LevelCells | undefined;
  let window2d = whole;
  let currentTheme = theme;
  let printing = false;
  let fit: Fit = fitNow();

  const hidden = new Set<number>();
  const overrides = new Map<string, Override>();
  let zoomLevel = -1;
  /** The rows of a data set at this magnification, without the categories that are hidden. */
  const rowsOf = (name: string): Row[] => {
    const rows = drawingRows(zoomLevels?.[zoomLevel]?.data[name] ?? payload.data[name] ?? {});
    for (const [field, values] of Object.entries(overrides.get(name) ?? {})) {
      rows.forEach((row, index) => {
        row[field] = values[index]!;
      });
    }
    if (name === placedLabels) return placeLabels(rows);
    return toggles?.data.includes(name) ? rows.filter((row) => !hidden.has(row[toggles.field] as number)) : rows;
  };
  const refill = (names: Iterable<string>) => {
    for (const name of names)
      view?.change(
        name,
        changeset()
          .remove(() => true)
          .insert(rowsOf(name)),
      );
  };

  function fitNow(): Fit {
    const width = printing ? Math.min(PAPER_PX, element.clientWidth) : element.clientWidth;
    return fitChart(payload, { width, windowHeight: innerHeight }, measure);
  }

  /** How much larger than planned marks are drawn: by the window, and by the zoom. */
  const sizeScale = () => {
    if (sizing.kind !== 'cells') return 1;
    const cell = Math.min(fit.width / (window2d.x[1] - window2d.x[0]), fit.height / (window2d.y[1] - window2d.y[0]));
    return (cell / sizing.cellInPx) ** 2;
  };

  const toggle = (category: number, isOn: boolean) => {
    if (isOn) hidden.delete(category);
    else hidden.add(category);
    refill(toggles?.data ?? []);
    showLegend();
    void view?.runAsync();
  };
  const showLegend = () => {
    if (!payload.legend) return;
    const { legendTitle: title } = payload;
    drawLegend(legend, payload.legend, currentTheme, {
      title,
      toggle: toggles && toggle,
      hidden,
      sizeScale: sizeScale(),
    });
  };

  function placeLabels(rows: readonly Row[]): Row[] {
    const scale =
      ([low, high]: readonly [number, number], px: number) =>
      (value: number) =>
        ((value - low) / (high - low)) * px;
    const { width, height } = fit;
    const grow = Math.sqrt(width / (window2d.x[1] - window2d.x[0]));
    return placeNodeLabels(
      rows,
      { x: scale(window2d.x, width), y: scale(window2d.y, height), width, height, grow },
      measure,
    );
  }
  let settling: ReturnType<typeof setTimeout> | undefined;
  /** Labels that depend on what is seen are placed when the reader has stopped moving. */
  const placeLabelsSoon = () => {
    if (placedLabels === undefined) return;
    clearTimeout(settling);
    settling = setTimeout(() => {
      refill([placedLabels]);
      void view?.runAsync();
    }, SETTLE_IN_MS);
  };

  /** Gives the view the sizes of the fit, and its data the labels that were cut to it. */
  const applyFit = () => {
    for (const [{ data, drawn }, texts] of fit.labels) overrides.set(data, { ...overrides.get(data), [drawn]: texts });
    if (!view) return;
    const { left, right, top, bottom, width, height } = fit;
    view.width(width).height(height).padding({ left, right, top, bottom });
    if (sizing.kind === 'cells') {
      view.signal('slanted', fit.slanted).signal('barScale', fit.barScale);
      view.signal('sideInPx', left).signal('footInPx', bottom);
    }
  };

  const draw = async (name: ThemeName) => {
    currentTheme = name;
    view?.finalize();
    const runtime = parse(payload.specs[name] as unknown as Spec, undefined, { ast: true });
    view = new View(runtime, {
      renderer: 'canvas',
      container: element,
      hover: true,
      expr: expressionInterpreter,
      loader: lockedLoader,
      logLevel: Warn,
      tooltip: (_, event, item, value) => {
        // Without an event, vega takes the tooltip away.
        const pointer = event as MouseEvent | null;
        const pairs = pointer && value && item ? tipPairs(payload, markName(item), item.datum) : undefined;
        tip(pairs, pointer?.clientX ?? 0, pointer?.clientY ?? 0);
      },
    });
    fit = fitNow();
    applyFit();
    for (const name of Object.keys(payload.data)) view.data(name, rowsOf(name));
    shown = undefined;
    applyWindow();
    view.addEventListener('click', (_, item) => {
      const pairs = item ? tipPairs(payload, markName(item), item.datum, 'all') : undefined;
      if (!pairs) return;
      if (selected && typeof item?.datum?.i === 'number') selected(item.datum.i);
      else showDetail(pairs);
    });
    await view.runAsync();
  };

  const applyWindow = () => {
    showLegend();
    if (!view || payload.zoom === 'none') return;
    view.signal('xDomain', [...window2d.x]);
    if (payload.zoom === 'xy') view.signal('yDomain', [...window2d.y]);
    const zoom = (whole.x[1] - whole.x[0]) / (window2d.x[1] - window2d.x[0]);
    // A small map joins more places, a large one fewer.
    const drawn = (zoom * fit.width) / payload.plot.width;
    const level = zoomLevels
      ? Math.max(
          0,
          zoomLevels.findLastIndex((each) => each.zoom <= drawn * 1.001),
        )
      : -1;
    if (level !== zoomLevel) {
      zoomLevel = level;
      refill(Object.keys(zoomLevels?.[0]?.data ?? {}));
    }
    const cells = levels?.at(window2d.x, fit.width);
    if (cells && cells !== shown) {
      shown = cells;
      view.change(
        'cells',
        changeset()
          .remove(() => true)
          .insert(cells.rows),
      );
    }
    const unit = shown?.stepInMs ? `. One cell = ${formatDuration(shown.stepInMs)}` : '';
    status.textContent = [payload.zoom === 'x' ? rangeText(window2d.x, payload) + unit : PLANE_HELP, payload.help]
      .filter(Boolean)
      .join('. ');
  };

  await draw(theme);
  if (payload.zoom !== 'none') {
    attachZoom(
      element,
      payload,
      () => fit,
      () => window2d,
      (next) => {
        window2d = next;
        applyWindow();
        placeLabelsSoon();
        void view?.runAsync();
      },
    );
  }
  let marked: Readonly<Record<string, unknown>> | undefined;
  /** Shows the next mark to the right, or the one before; so that no pointer is needed. */
  const stepMark = (by: 1 | -1) => {
    if (!view) return;
    const marks = marksInSight(view, new Set(Object.keys(payload.tips)), fit.width, fit.height);
    if (marks.length === 0) return;
    const at = marks.findIndex(({ datum }) => datum === marked);
    const mark = marks[at < 0 ? (by > 0 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length]!;
    marked = mark.datum;
    const box = element.getBoundingClientRect();
    tip(tipPairs(payload, mark.name, mark.datum), box.left + fit.left + mark.x, box.top + fit.top + mark.y);
    if (selected && typeof mark.datum['i'] === 'number') selected(mark.datum['i']);
    else showDetail(tipPairs(payload, mark.name, mark.datum, 'all') ?? []);
  };
  element.addEventListener('keydown', (event) => {
    if (isTyping(event) || (event.key !== 'n' && event.key !== 'p')) return;
    event.preventDefault();
    stepMark(event.key === 'n' ? 1 : -1);
  });
  element.addEventListener('blur', () => tip(undefined, 0, 0));
  const refit = () => {
    const before = fit;
    fit = fitNow();
    if (before.width === fit.width && before.height === fit.height && before.left === fit.left) return;
    applyFit();
    refill(new Set([...[...fit.labels.keys()].map(({ data }) => data), ...(placedLabels ? [placedLabels] : [])]));
    applyWindow();
    void view?.runAsync();
  };
  new ResizeObserver(refit).observe(element);
  addEventListener('resize', refit);
  whilePrinting((now) => {
    printing = now;
    refit();
  });
  return {
    element,
    view: () => view!,
    setTheme: draw,
    change(data, columns) {
      if (!payload.data[data]) return;
      overrides.set(data, { ...overrides.get(data), ...columns });
      refill([data]);
      void view?.runAsync();
    },
  };
}

function markName(item: Item): string | undefined {
  return (item.mark as unknown as { name?: string } | undefined)?.name;
}

function rangeText(range: readonly [number, number], payload: ChartPayload): string {
  const whole = payload.extent?.x;
  if (whole && range[0] === whole[0] && range[1] === whole[1]) {
    return 'Wheel or + − zooms, drag or the arrow keys pan, Shift+drag selects a range, 0 or double-click resets; click a mark to keep its details, n and p step through marks';
  }
  if (payload.xIs === 'number') return `Shown: ${formatShort(range[0])} to ${formatShort(range[1])}`;
  const iso = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '');
  return `Shown: ${iso(range[0])} to ${iso(range[1])} UTC (${formatDuration(range[1] - range[0])})`;
}

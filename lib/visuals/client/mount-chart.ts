import { changeset, type Item, parse, type Spec, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { formatDuration } from '../format.ts';
import type { ChartPayload } from '../payload.ts';
import { drawingRows } from '../spec.ts';
import { type LevelCells, makeLevels } from './levels.ts';
import { button, detailPane, make, makeTip, type ThemeName } from './page.ts';
import { tipPairs } from './tips.ts';
import { attachZoom, type Window2d } from './zoom.ts';

const deny = () => Promise.reject(new Error('denied'));
const lockedLoader = { options: {}, load: deny, http: deny, file: deny, sanitize: deny };
const MIN_WIDTH = 420;
const PLANE_HELP =
  'Wheel or + − zooms, drag or the arrow keys pan, 0 or double-click resets; click a mark to keep its details';

export interface Chart {
  readonly element: HTMLElement;
  readonly view: () => View;
  setTheme(theme: ThemeName): Promise<void>;
}

/** A chart in an element: draws it, fits it to the width, and lets the reader zoom, pan, brush and ask for details. */
export async function mountChart(
  payload: ChartPayload,
  parent: HTMLElement,
  theme: ThemeName,
  selected?: (index: number) => void,
): Promise<Chart> {
  const element = make('div', payload.zoom === 'none' ? 'chart fixed' : 'chart');
  element.tabIndex = 0;
  element.setAttribute('role', 'application');
  element.setAttribute('aria-label', document.title);
  const status = make('div', 'status');
  parent.append(element, status);
  const showDetail = detailPane(parent);
  const tip = makeTip();
  const levels = makeLevels(payload);
  const fluid = payload.zoom === 'x';
  let view: View | undefined;
  let shown: LevelCells | undefined;
  let window2d: Window2d = { x: payload.extent?.x ?? [0, 1], y: payload.extent?.y ?? [0, 1] };

  const hidden = new Set<number>();
  let zoomLevel = -1;
  /** The rows of a data set at this magnification, without the categories that are hidden. */
  const rowsOf = (name: string) => {
    const rows = drawingRows(payload.zoomLevels?.[zoomLevel]?.data[name] ?? payload.data[name] ?? {});
    const { toggles } = payload;
    return toggles?.data.includes(name) ? rows.filter((row) => !hidden.has(row[toggles.field] as number)) : rows;
  };
  const refill = (names: readonly string[]) => {
    for (const name of names)
      view?.change(
        name,
        changeset()
          .remove(() => true)
          .insert(rowsOf(name)),
      );
  };
  if (payload.toggles && payload.categories) {
    parent.insertBefore(
      toggleBar(payload.categories, (category, isOn) => {
        if (isOn) hidden.delete(category);
        else hidden.add(category);
        refill(payload.toggles?.data ?? []);
        void view?.runAsync();
      }),
      element,
    );
  }

  const plotWidth = () =>
    fluid ? Math.max(MIN_WIDTH, Math.floor(element.clientWidth - payload.sides)) : payload.plot.width;

  const draw = async (name: ThemeName) => {
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
    for (const name of Object.keys(payload.data)) view.data(name, rowsOf(name));
    if (fluid) view.width(plotWidth());
    shown = undefined;
    applyWindow();
    view.addEventListener('click', (_, item) => {
      const pairs = item ? tipPairs(payload, markName(item), item.datum) : undefined;
      if (!pairs) return;
      if (selected && typeof item?.datum?.i === 'number') selected(item.datum.i);
      else showDetail(pairs);
    });
    await view.runAsync();
  };

  const applyWindow = () => {
    if (!view || payload.zoom === 'none') return;
    view.signal('xDomain', [...window2d.x]);
    if (payload.zoom === 'xy') view.signal('yDomain', [...window2d.y]);
    const zoom = ((payload.extent?.x[1] ?? 1) - (payload.extent?.x[0] ?? 0)) / (window2d.x[1] - window2d.x[0]);
    const level = (payload.zoomLevels ?? []).findLastIndex((each) => each.zoom <= zoom + 1e-9);
    if (level !== zoomLevel) {
      zoomLevel = level;
      refill(Object.keys(payload.zoomLevels?.[0]?.data ?? {}));
    }
    const cells = levels?.at(window2d.x, plotWidth());
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
      plotWidth,
      () => window2d,
      (next) => {
        window2d = next;
        applyWindow();
        void view?.runAsync();
      },
    );
  }
  if (fluid) {
    new ResizeObserver(() => {
      if (!view || view.width() === plotWidth()) return;
      view.width(plotWidth());
      applyWindow();
      void view.runAsync();
    }).observe(element);
  }
  return { element, view: () => view!, setTheme: draw };
}

function markName(item: Item): string | undefined {
  return (item.mark as unknown as { name?: string } | undefined)?.name;
}

/** A switch for each category. */
function toggleBar(categories: readonly string[], changed: (category: number, isOn: boolean) => void): HTMLElement {
  const switches = categories.map((label, category) => {
    const element = button(label, () => {
      const isOn = element.getAttribute('aria-pressed') !== 'true';
      element.setAttribute('aria-pressed', String(isOn));
      changed(category, isOn);
    });
    element.setAttribute('aria-pressed', 'true');
    return element;
  });
  return make('div', 'bar', [make('span', 'muted', 'Show'), ...switches]);
}

function rangeText(range: readonly [number, number], payload: ChartPayload): string {
  const whole = payload.extent?.x;
  if (whole && range[0] === whole[0] && range[1] === whole[1]) {
    return 'Wheel or + − zooms, drag or ← → pans, Shift+drag selects a range, 0 or double-click resets; click a mark to keep its details';
  }
  const iso = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '');
  return `Shown: ${iso(range[0])} to ${iso(range[1])} UTC (${formatDuration(range[1] - range[0])})`;
}

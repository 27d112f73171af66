import type { Categories } from '../columns.ts';
import { countOf, formatCount, formatRange, formatStep } from '../format.ts';
import { type GroupOrder, type OrderedGroups, orderGroups } from '../groups.ts';
import type { Details, Picture } from '../picture.ts';
import type { DrawingData } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import { roundStep } from '../time-steps.ts';
import { densityOf, spikesOf } from './density.ts';
import { placeReferences, type Reference } from './references.ts';
import { extentOf, nearOf, padOf } from './time-extent.ts';
import { cellsOf, levelsOf, totalsByBin } from './timeline-cells.ts';
import { timelinePlot } from './timeline-plot.ts';

/** Events of one or several tables. All arrays have one entry per event. */
export interface TimelineEvents {
  readonly timesInMs: Float64Array;
  readonly groups: Categories;
  /** Area of the mark, where events are drawn one by one. */
  readonly sizes?: Float64Array;
  /** Codes of groups that lie over the others: their events are drawn one by one, with a line through all rows. */
  readonly overlayGroups?: ReadonlySet<number>;
}

export interface TimelineOptions {
  readonly title: string;
  readonly widthInPx: number;
  readonly order: GroupOrder;
  readonly maxGroups: number;
  /** Up to so many events, each is drawn as a mark; above, they are counted in bins. */
  readonly maxMarks: number;
  /** Length of a bin; by default a round step of about two pixels. */
  readonly binInMs?: number;
  readonly references: readonly Reference[];
  /** What the groups are: `groups`, `hosts`. */
  readonly noun?: string;
}

/** Groups of at most so many events are drawn one by one even among bins. */
const RARE_EVENTS = 200;
/** A planned timeline. `singles` are the events drawn one by one, whose rows the details describe in this order. */
export interface TimelinePlan {
  readonly singles: Uint32Array;
  picture(details?: Details): Picture;
}

/** Groups to draw event by event: overlays, and small ones as long as there is room for their marks. */
function rareGroups(groups: OrderedGroups, overlays: ReadonlySet<number>, maxMarks: number): Set<number> {
  const rare = new Set<number>();
  let room = maxMarks;
  const small = groups.totals
    .map((total, group) => ({ total, group }))
    .filter(({ total, group }) => total <= RARE_EVENTS || (overlays.has(group) && total <= maxMarks))
    .sort((a, b) => Number(overlays.has(b.group)) - Number(overlays.has(a.group)) || a.total - b.total);
  for (const { total, group } of small) {
    if (total > room) continue;
    room -= total;
    rare.add(group);
  }
  return rare;
}

/**
 * Plans a timeline. Few events become marks at their exact time; many are counted in bins of a round length, whose
 * count is a colour on a log scale, so that a single event stays visible and none is sampled away. Small groups are
 * drawn event by event; spikes are marked; totals stand at the side.
 */
export function planTimeline(events: TimelineEvents, options: TimelineOptions, measure: Measure): TimelinePlan {
  const { timesInMs: times } = events;
  const found = extentOf(times);
  const groups = orderGroups(
    events.groups,
    options.order,
    options.maxGroups,
    (row) => !Number.isNaN(times[row]!),
    options.noun,
  );
  const eventCount = groups.totals.reduce((sum, total) => sum + total, 0);
  const overlays = overlayPlaces(events, groups);
  const all = eventCount <= options.maxMarks;
  const drawnSingly = all
    ? new Set(groups.labels.map((_, group) => group))
    : rareGroups(groups, overlays, options.maxMarks);
  const singles: number[] = [];
  for (let row = 0; row < times.length; row++) {
    if (groups.codes[row]! >= 0 && drawnSingly.has(groups.codes[row]!)) singles.push(row);
  }

  const [from, to] = found ?? [0, 1];
  const step = options.binInMs ?? roundStep(Math.max(to - from, 1), options.widthInPx / 2);
  const density = densityOf(times, groups.codes, groups.labels.length, step, from, to);
  const start = density.startInMs;
  const end = start + density.bins * step;
  const pad = padOf(to - from);
  let extent: [number, number] = all ? [from - pad, to + pad] : [start, end];
  const near = nearOf(extent[1] - extent[0]);
  const inside = options.references.filter(
    ({ timeInMs }) => timeInMs >= extent[0] - near && timeInMs <= extent[1] + near,
  );
  extent = inside.reduce<[number, number]>(
    ([low, high], { timeInMs }) => [Math.min(low, timeInMs - pad), Math.max(high, timeInMs + pad)],
    extent,
  );
  const references = placeReferences(inside, extent, options.widthInPx, measure);

  const spikes = all
    ? []
    : groups.labels.flatMap((_, group) =>
        drawnSingly.has(group) || density.bins < 12 ? [] : spikesOf(density, group),
      );
  const largestCell = density.counts.reduce(
    (largest, count, cell) => (drawnSingly.has(Math.floor(cell / density.bins)) ? largest : Math.max(largest, count)),
    1,
  );
  const notes = notesOf({ eventCount, groups, found, step, all, drawnSingly, spikes: spikes.length, options });
  if (times.length > eventCount) notes.push(`${countOf(times.length - eventCount, 'event')} without a time not shown.`);
  const outside = options.references.length - inside.length;
  if (outside > 0) notes.push(`${countOf(outside, 'reference')} far outside this time not shown.`);

  const data: Record<string, DrawingData> = {
    rows: { g: groups.labels.map((_, group) => group), label: groups.labels, total: groups.totals.map(formatCount) },
    cells: all ? { g: [], t: [], u: [], n: [] } : cellsOf(density, groups.labels.length, drawnSingly),
    singles: {
      g: singles.map((row) => groups.codes[row]!),
      t: singles.map((row) => times[row]!),
      j: singles.map((_, index) => (index * 0.6180339887) % 1),
      i: singles.map((_, index) => index),
      s: sizesOf(events.sizes, singles),
    },
    spikes: {
      g: spikes.map(({ group }) => group),
      t: spikes.map(({ bin }) => start + (bin + 0.5) * step),
      n: spikes.map(({ count }) => count),
      m: spikes.map(({ median }) => median),
    },
    ticks: {
      t: singles.filter((row) => overlays.has(groups.codes[row]!)).map((row) => times[row]!),
    },
  };
  const levels = () => (all ? [] : levelsOf(times, groups, [from, to], step, drawnSingly));
  const shape = {
    groupCount: groups.labels.length,
    labels: groups.labels,
    totals: groups.totals,
    othersCount: groups.othersCount,
    binned: !all && largestCell >= 1 && drawnSingly.size < groups.labels.length,
    largestCell,
    extent,
    references,
    widthInPx: options.widthInPx,
    coloured: all,
  };
  return {
    singles: Uint32Array.from(singles),
    picture: (details) =>
      timelinePlot(
        {
          title: options.title,
          notes,
          data,
          all: totalsByBin(density, groups.labels.length),
          levels,
          shape,
          details,
        },
        measure,
      ),
  };
}

function overlayPlaces(events: TimelineEvents, groups: OrderedGroups): Set<number> {
  const places = new Set<number>();
  if (!events.overlayGroups) return places;
  for (let row = 0; row < groups.codes.length; row++) {
    if (groups.codes[row]! >= 0 && events.overlayGroups.has(events.groups.codes[row]!)) places.add(groups.codes[row]!);
  }
  return places;
}

const MARK_AREA = 34;

/** Areas of marks, from the numbers of a column: proportional, with a smallest area that is still seen. */
function sizesOf(sizes: Float64Array | undefined, singles: readonly number[]): number[] {
  if (!sizes) return singles.map(() => MARK_AREA);
  const largest = singles.reduce((most, row) => (sizes[row]! > most ? sizes[row]! : most), 0);
  return singles.map((row) => {
    const share = largest > 0 && sizes[row]! > 0 ? sizes[row]! / largest : 0;
    return Math.round((12 + 388 * share) * 10) / 10;
  });
}

function notesOf(facts: {
  eventCount: number;
  groups: OrderedGroups;
  found: [number, number] | undefined;
  step: number;
  all: boolean;
  drawnSingly: ReadonlySet<number>;
  spikes: number;
  options: TimelineOptions;
}): string[] {
  const { eventCount, groups, found, step, all, drawnSingly, spikes, options } = facts;
  if (!found || eventCount === 0) return ['No events.'];
  const groupCount = groups.othersCount > 0 ? groups.labels.length - 1 + groups.othersCount : groups.labels.length;
  const noun = options.noun ?? 'groups';
  const among = groupCount > 1 ? ` in ${formatCount(groupCount)} ${noun}` : '';
  const notes = [`${countOf(eventCount, 'event')}${among}, ${formatRange(...found)}.`];
  if (all) notes[0] += ' One mark per event.';
  else {
    const parts = [`One cell = ${formatStep(step)}; colour = event count (log).`];
    if (drawnSingly.size > 0) parts.push('Small groups are drawn one mark per event.');
    if (spikes > 0) parts.push("Triangles: at least 5 times the group's median.");
    notes.push(parts.join(' '));
  }
  if (groups.othersCount > 0) {
    notes.push(
      `The largest ${formatCount(groups.labels.length - 1)} ${noun} have a row; all others are summed in one.`,
    );
  }
  return notes;
}

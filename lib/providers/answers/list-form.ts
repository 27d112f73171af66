import type { KqlType } from '../../tables/index.ts';
import { asArray, asObject, asText } from '../wire-access.ts';
import { memberOf } from '../wire-table.ts';
import type { WireAnswer } from './wire-answer.ts';

/** A column of a list: its type and the member that it shows, as `properties.hardwareProfile.vmSize`. */
export interface ListColumn {
  readonly name: string;
  readonly type: KqlType;
  /** `../` goes up a level, where rows lie within items. */
  readonly from: string;
  /** Of a text, what stands before this. */
  readonly until?: string;
}

/** How the items of a list are rows. */
export interface ListRows {
  readonly columns: readonly ListColumn[];
  /**
   * Lists within an item that hold the rows, level by level; each level may have several (`properties.securityRules`).
   * Default: an item is a row.
   */
  readonly rowsIn?: readonly (readonly string[])[];
}

export interface ListForm extends ListRows {
  /** The ids that pages before began with: a page that begins with one of them is given again, and has no rows. */
  readonly knownFirstIds?: readonly string[];
}

/** An element of a list, after what it lies in: the item first. */
type Place = readonly unknown[];

/** A page of a list of a REST API; pages name the next in `nextLink` or `@odata.nextLink`. */
export function readList(body: unknown, { columns, rowsIn = [], knownFirstIds = [] }: ListForm): WireAnswer {
  const page = asObject(body);
  const next = asText(page['nextLink']) || asText(page['@odata.nextLink']);
  // An address of a single thing gives that thing.
  const list = page['value'] === undefined && page['id'] !== undefined ? [page] : page['value'];
  const levels = rowsIn.map((level) => level.map((path) => path.split('.')));
  const readers = columns.map(({ name, type, from, until }) => ({ name, type, read: readerOf(from, until) }));
  let count = 0;
  let firstId = '';
  return {
    list,
    columnCount: columns.length,
    rowsOf(item) {
      if (count++ === 0) firstId = asText(memberOf(item, 'id'));
      return knownFirstIds.includes(firstId) ? [] : placesIn([item], levels);
    },
    batch: (places) => ({
      rowCount: places.length,
      columns: readers.map(({ name, type, read }) => ({ name, type, at: (row) => read(places[row] as Place) })),
    }),
    rest: () => ({ warnings: [], items: { count, firstId }, ...(next === '' ? {} : { next }) }),
  };
}

/** Places below this one, one after the other: there may be many, and the caller takes some at a time. */
function* placesIn(place: Place, [level, ...deeper]: readonly (readonly (readonly string[])[])[]): Generator<Place> {
  if (!level) return yield place;
  for (const path of level) {
    for (const element of asArray(path.reduce(memberOf, place.at(-1)))) yield* placesIn([...place, element], deeper);
  }
}

function readerOf(from: string, until: string | undefined): (place: Place) => unknown {
  const levelsUp = from.split('../').length - 1;
  const path = from.slice(3 * levelsUp).split('.');
  return (place) => {
    const value = path.reduce(memberOf, place.at(-1 - levelsUp));
    return until === undefined || typeof value !== 'string' ? value : value.split(until, 1)[0];
  };
}

import type { KqlType } from '../../tables/index.ts';
import { asObject, asText } from '../wire-access.ts';
import { memberOf } from '../wire-table.ts';
import { NO_REST, type WireAnswer } from './wire-answer.ts';

/** A column of a list: its type and the member of an item that it shows, as `properties.hardwareProfile.vmSize`. */
export interface ListColumn {
  readonly name: string;
  readonly type: KqlType;
  readonly from: string;
}

/** A page of a list of a REST API; pages name the next in `nextLink` or `@odata.nextLink`. */
export function readList(body: unknown, columns: readonly ListColumn[]): WireAnswer {
  const page = asObject(body);
  const next = asText(page['nextLink']) || asText(page['@odata.nextLink']);
  // An address of a single thing gives that thing.
  const list = page['value'] === undefined && page['id'] !== undefined ? [page] : page['value'];
  const members = columns.map(({ name, type, from }) => ({ name, type, path: from.split('.') }));
  return {
    list,
    columnCount: columns.length,
    batch: (items) => ({
      rowCount: items.length,
      columns: members.map(({ name, type, path }) => ({
        name,
        type,
        at: (row) => path.reduce(memberOf, items[row]),
      })),
    }),
    rest: () => (next === '' ? NO_REST : { ...NO_REST, next }),
  };
}

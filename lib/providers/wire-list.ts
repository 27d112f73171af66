import { randomUUID } from 'node:crypto';
import { TrailhoundError } from '../errors.ts';
import { parseWireJson, parseWireList, skipString } from './wire-json.ts';

/** JSON of a service whose long lists are parsed bit by bit. */
export interface OutlinedJson {
  /** All of it, with references in the place of the lists. */
  readonly outline: unknown;
  /** The elements of a list of the outline, in batches. What is no list has none. */
  batches(list: unknown): Iterable<readonly unknown[]>;
}

/** Text of more than 128 KiB is a large object to V8, and each would be memory of its own: four times as slow. */
const BATCH_IN_BYTES = 48 * 1024;
/** What has to be parsed at once. JavaScript's form of it may take twenty times as much, and a thread's heap is bounded. */
const MOST_AT_ONCE_IN_BYTES = 48 * 1024 * 1024;

const [QUOTE, COLON, COMMA] = [34, 58, 44];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** From and to of each batch of a list, one after the other: whole elements, without the commas between batches. */
type Cuts = number[];

/** Where lists stand that may be long. */
export interface ListPlace {
  /** The member whose value a list is, by any of its names. */
  readonly names: readonly string[];
  /** How many objects and lists it lies in. */
  readonly depth: number;
}

/**
 * Finds the lists of a place, and sets them apart. So an answer of any size is
 * parsed within a bounded part of the heap. One pass over the bytes; what is not well formed is found when it is parsed.
 *
 * @param batchInBytes how many bytes a batch has, beside those of its last element; default 48 KiB
 * @throws SyntaxError: it is cut off or broken · TrailhoundError `limit`: what is beside the lists, or an element, is too
 *   large
 */
export function outlineJson(body: Uint8Array, place: ListPlace, batchInBytes = BATCH_IN_BYTES): OutlinedJson {
  const wanted = place.names.map((name) => Buffer.from(`"${name}"`));
  const token = randomUUID();
  const lists = new Map<string, Cuts>();
  const kept: Uint8Array[] = [];
  let taken = 0;
  let depth = 0;
  let key: Uint8Array | undefined;
  let isValue = false;
  for (let at = 0; at < body.length; ) {
    const byte = body[at]!;
    if (byte === QUOTE) {
      const end = skipString(body, at + 1);
      if (!isValue) key = body.subarray(at, end);
      isValue = false;
      at = end;
    } else if (byte === OPEN_LIST && isValue && depth === place.depth && isOneOf(key, wanted)) {
      const cuts: Cuts = [];
      const end = cutList(body, at, cuts, batchInBytes);
      const reference = `${token}/${lists.size}`;
      lists.set(reference, cuts);
      kept.push(body.subarray(taken, at), Buffer.from(JSON.stringify(reference)));
      taken = end;
      at = end;
      isValue = false;
    } else {
      if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
      if (byte === COLON) isValue = true;
      else if (byte > 32) isValue = false;
      at++;
    }
  }
  kept.push(body.subarray(taken));
  const rest = kept.length === 1 ? kept[0]! : Buffer.concat(kept);
  mustFit(rest.length, 'what is beside its rows');
  return {
    outline: parseWireJson(rest),
    *batches(list) {
      const cuts = typeof list === 'string' ? lists.get(list) : undefined;
      if (!cuts) {
        if (Array.isArray(list)) yield list;
        return;
      }
      for (let index = 0; index < cuts.length; index += 2) {
        const batch = parseWireList(body.subarray(cuts[index], cuts[index + 1]));
        if (batch.length === 0 && cuts.length > 2) throw new SyntaxError('an element is missing');
        yield batch;
      }
    },
  };
}

function isOneOf(key: Uint8Array | undefined, wanted: readonly Buffer[]): boolean {
  return key !== undefined && wanted.some((name) => name.equals(key));
}

/** Cuts the list that begins here into batches; gives where it ends. */
function cutList(body: Uint8Array, start: number, cuts: Cuts, batchInBytes: number): number {
  let from = start + 1;
  let depth = 0;
  const cut = (to: number) => {
    mustFit(to - from, 'a row');
    cuts.push(from, to);
    from = to + 1;
  };
  for (let at = from; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) at = skipString(body, at + 1) - 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (depth === 0) {
        if (byte !== CLOSE_LIST) break;
        cut(at);
        return at + 1;
      }
      depth--;
    } else if (byte === COMMA && depth === 0 && at - from >= batchInBytes) cut(at);
  }
  throw new SyntaxError('a list does not end');
}

function mustFit(sizeInBytes: number, what: string): void {
  if (sizeInBytes <= MOST_AT_ONCE_IN_BYTES) return;
  throw new TrailhoundError('limit', `an answer is too large: ${what} has ${sizeInBytes} bytes`, {
    hint: 'Narrow the time range or select fewer columns.',
  });
}

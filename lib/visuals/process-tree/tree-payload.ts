import type { Details } from '../picture.ts';

/** What the page of a process tree gets; arrays are by row of the tree, in its order. */
export interface TreePayload {
  readonly texts: readonly string[];
  readonly depth: readonly number[];
  /** Number of descendants. */
  readonly below: readonly number[];
  /** Positions in `texts`. */
  readonly names: readonly number[];
  readonly processIds: readonly number[];
  readonly commandLines: readonly number[];
  readonly accounts: readonly number[];
  readonly reasons: readonly number[];
  readonly flags: readonly number[];
  /** ms from the start of the extent, or -1. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly extent: readonly [number, number];
  readonly endsKnown: boolean;
  /** By row: position of its colour, or -1. */
  readonly colours: readonly number[];
  readonly legend: readonly { readonly label: string; readonly light: string; readonly dark: string }[];
  readonly legendTitle: string;
  /** More columns of each process; those of host rows are empty. */
  readonly details: Details;
  /** Whether a table of the processes stands below the tree. */
  readonly table: boolean;
}

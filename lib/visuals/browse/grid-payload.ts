/** One column of a table in a page. Texts are cleaned. */
export type GridColumn =
  | {
      readonly name: string;
      readonly kind: 'number';
      readonly values: readonly (number | null)[];
      /** What some values are called: shown beside them. */
      readonly names?: Readonly<Record<string, string>>;
    }
  | {
      readonly name: string;
      /** `time`: ISO text, which sorts as it stands. `json`: can be unfolded. */
      readonly kind: 'text' | 'time' | 'json';
      readonly texts: readonly string[];
      readonly codes: readonly number[];
    };

export interface GridPayload {
  readonly rowCount: number;
  readonly columns: readonly GridColumn[];
  /** Names of columns that are shown at first; the rest can be chosen. */
  readonly shown: readonly string[];
}

/** An entry of a list page: one or several rows of the table behind it. */
export interface ListItem {
  readonly title: string;
  readonly sub: string;
  /** A word for the badge, and the class of its colour. */
  readonly badge: string;
  readonly level: string;
  readonly rows: readonly number[];
}

export interface ListPayload {
  readonly items: readonly ListItem[];
  readonly table: GridPayload;
  /** What an item is: `alert`, `observable`, `finding`. */
  readonly noun: string;
  /** Columns shown first in the detail, in this order. */
  readonly first: readonly string[];
}

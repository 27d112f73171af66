import type { EdgeLabels } from '../picture.ts';

/** Labels of the rows of a plot along time. Expects data `rows` with `full` and `label`. */
export const ROW_LABELS: EdgeLabels = {
  side: 'left',
  data: 'rows',
  full: 'full',
  drawn: 'label',
  fontInPx: 12,
  mostInPx: 340,
  gapInPx: 14,
};

import type { SpecPart } from './spec.ts';

/**
 * Labels of an axis of numbers: `250`, `1.5k`, `2M`, `0.25`. One format for all would not do: it takes its unit from the
 * largest, so that on a log scale all else is `0M`, and it calls a quarter `250m`.
 */
export const NUMBER_LABELS: SpecPart = {
  labels: { update: { text: { signal: numberLabel('datum.value') } } },
};

/** The same as a vega expression of some value. */
export function numberLabel(value: string): string {
  return `abs(${value})>=1e3?format(${value},'~s'):${value}!=0&&abs(${value})<1e-3?format(${value},'~e'):format(${value},'~f')`;
}

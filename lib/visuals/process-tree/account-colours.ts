import { categoryColour, type Theme } from '../theme.ts';

/** Accounts of the system itself are greys, so that people stand out. */
const SYSTEM_GREYS: readonly (readonly [RegExp, { readonly light: string; readonly dark: string }])[] = [
  [/(^|\\)(system|root|s-1-5-18)$/i, { light: '#6b7a89', dark: '#7d8c9a' }],
  [/(^|\\)(local service|s-1-5-19)$/i, { light: '#a9b4be', dark: '#566371' }],
  [/(^|\\)(network service|s-1-5-20)$/i, { light: '#c9b27a', dark: '#a8935c' }],
  [/\$$/, { light: '#8795a2', dark: '#687785' }],
  [/^(\(empty\)|-|n\/a|)$/i, { light: '#c8d0d8', dark: '#3a4753' }],
];

/** A colour for each label: greys for the system's accounts, categories for all else. */
export function accountColours(theme: Theme, labels: readonly string[]): string[] {
  let next = 0;
  return labels.map((label) => {
    const grey = SYSTEM_GREYS.find(([pattern]) => pattern.test(label));
    return grey ? grey[1][theme.name] : categoryColour(theme, next++);
  });
}

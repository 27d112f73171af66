import { distinct, listOf, objectOf, type Plain, pick, textOf, textsOf } from './lenient.ts';

/** One alert of an incident: its lineage is kept, for unrelated alerts may meet in one incident. */
export interface SentinelAlert {
  readonly alertId: string;
  readonly title: string;
  readonly severity: string;
  readonly product: string;
  readonly provider: string;
  readonly type: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly analyticRuleIds: readonly string[];
  /** The detection that made the alert, where it was a scheduled rule: to be run again over its own window. */
  readonly detection: { readonly query: string; readonly start: string | null; readonly end: string | null } | null;
}

/** The alert in an ARM object, or in the flat payload of an alert trigger. */
export function parseAlert(value: unknown): SentinelAlert {
  const outer = objectOf(value);
  const inner = objectOf(outer['properties']);
  const get = (...names: string[]) => pick(inner, ...names) ?? pick(outer, ...names);
  const extended = extendedOf(get('additionalData', 'ExtendedProperties'));
  const text = (...names: string[]) => textOf(get(...names));
  const query = textOf(pick(extended, 'Query', 'OriginalQuery'));
  return {
    alertId: text('systemAlertId') || textOf(outer['name']),
    title: text('alertDisplayName', 'displayName', 'AlertName', 'friendlyName'),
    severity: text('severity', 'AlertSeverity').toLowerCase(),
    product: text('productName'),
    provider: text('vendorName', 'ProviderName'),
    type: text('alertType'),
    tactics: namesOf(get('tactics')),
    techniques: namesOf(get('techniques')),
    startTime: text('startTimeUtc', 'StartTime') || null,
    endTime: text('endTimeUtc', 'EndTime') || null,
    analyticRuleIds: namesOf(pick(extended, 'Analytic Rule Ids', 'AnalyticRuleIds')),
    detection: query
      ? {
          query,
          start: textOf(pick(extended, 'Query Start Time UTC')) || null,
          end: textOf(pick(extended, 'Query End Time UTC')) || null,
        }
      : null,
  };
}

/** Additional data is an object, or its JSON text. */
function extendedOf(value: unknown): Plain {
  if (typeof value !== 'string') return objectOf(value);
  try {
    return objectOf(JSON.parse(value));
  } catch {
    return {};
  }
}

/** A list, its JSON text, or names between commas. */
export function namesOf(value: unknown): string[] {
  if (typeof value !== 'string') return distinct(textsOf(value));
  if (value.trim().startsWith('[')) {
    try {
      return distinct(textsOf(JSON.parse(value)));
    } catch {
      return [];
    }
  }
  return distinct(
    listOf(value.split(','))
      .map((part) => textOf(part).trim())
      .filter((part) => part !== ''),
  );
}

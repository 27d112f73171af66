export { type Answer, type LookupStatus, severityNameOf } from './answer.ts';
export type { ProviderAccess } from './ask-provider.ts';
export { combineAnswers } from './combine.ts';
export type { Indicator, IndicatorFile } from './indicators/indicator.ts';
export { IndicatorIndex } from './indicators/indicator-index.ts';
export { indicatorFilesIn, loadIndicators } from './indicators/load-indicators.ts';
export { readIndicatorCsv } from './indicators/read-csv.ts';
export { readStixBundle } from './indicators/read-stix.ts';
export { type LookedUp, type LookupOptions, lookUp } from './look-up.ts';
export {
  isObservableType,
  OBSERVABLE_TYPES,
  type Observable,
  type ObservableType,
  observableTypeOf,
  safeObservable,
} from './observable.ts';
export type { ProviderDescriptor } from './providers/descriptor.ts';
export { getThreatIntelProvider, LOCAL_PROVIDER, THREAT_INTEL_PROVIDERS } from './providers/index.ts';
export { QuotaCounter } from './quota.ts';

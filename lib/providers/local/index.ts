export {
  type LoadLocalDataOptions,
  type LoadProgress,
  type LocalData,
  type LocalSource,
  type LocalTable,
  loadLocalData,
} from './local-data.ts';
export { type LocalKql, LocalProvider, type LocalProviderOptions } from './local-provider.ts';

import { LOGON_VIEWS } from './logon-views.ts';
import { NETWORK_VIEWS } from './network-views.ts';
import type { NormalizedView } from './normalized-view.ts';
import { PROCESS_VIEWS } from './process-views.ts';
import { SCRIPT_VIEWS } from './script-views.ts';
import { SYSTEM_VIEWS } from './system-views.ts';

export type { NormalizedView, ViewSource } from './normalized-view.ts';

/** All normalized views. */
export const NORMALIZED_VIEWS: readonly NormalizedView[] = [
  ...PROCESS_VIEWS,
  ...NETWORK_VIEWS,
  ...SYSTEM_VIEWS,
  ...SCRIPT_VIEWS,
  ...LOGON_VIEWS,
];

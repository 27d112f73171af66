export type { CheckResult } from './check.ts';
export { type Examination, examine, examineInstallation } from './examine.ts';

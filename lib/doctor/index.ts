export type { CheckResult } from './check.ts';
export { type Examination, examine } from './examine.ts';

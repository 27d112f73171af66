export { type AllowListEntry, parseAllowList } from './allow-list.ts';
export { type Detection, detect, type RuleMatch } from './detect.ts';
export { findingsOf } from './detection-findings.ts';
export { coverageTable, MATCH_COLUMNS, matchTable } from './detection-tables.ts';
export { type ParsedRules, parseRules } from './parse-rules.ts';
export { type RuleIssue, SIGMA_LEVELS, type SigmaRule } from './rule.ts';

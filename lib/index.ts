/**
 * The library without a host: tables and verbs for scripts.
 *
 * @example
 * import { runVerbOn, readTableFile, writeTableFile } from 'trailhound';
 * const processes = await readTableFile('processes.csv');
 * const { table } = await runVerbOn('decode.base64', processes, { column: 'CommandLine' });
 */
export { TrailhoundError } from './errors.ts';
export type { Evidence, Finding, Severity, Verdict, Warning } from './outcome.ts';
export { readTableFile } from './tables/formats/index.ts';
export * from './tables/index.ts';
export { writeTableFile } from './tables/write-table-file.ts';
export { getVerb, verbs } from './verbs/registry.ts';
export { runVerbOn } from './verbs/run-verb-on.ts';
export type { ArtifactContent, Verb, VerbContext, VerbOutput } from './verbs/verb.ts';

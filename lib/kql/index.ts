export { kqlCellText, kqlRowsJson } from './answer.ts';
export type { SchemaMap } from './catalogue.ts';
export type { CompiledStage } from './compile.ts';
export type { KqlValue } from './encode.ts';
export {
  type KqlEngine,
  type KqlEngineOptions,
  type KqlPlan,
  type KqlResult,
  type KqlRunOptions,
  type KqlTableSource,
  openKqlEngine,
} from './engine.ts';
export { KqlError, type KqlErrorCode, type KqlErrorInfo, showWithCaret } from './errors.ts';
export type { FunctionSignature } from './language/language.ts';
export { type LintRemark, lintKql } from './lint.ts';
export { referenceSchemas, schemasOfJson } from './schemas.ts';

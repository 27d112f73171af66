import { type ErrorCode, TrailhoundError } from '../errors.ts';

/** Why a query cannot be answered. The codes are part of the contract of `trailhound kql`. */
export type KqlErrorCode = 'syntax' | 'semantic' | 'unsupported' | 'limit' | 'runtime';

export interface KqlErrorInfo {
  readonly code: KqlErrorCode;
  /** The operator, function or name that is at fault, as the query spells it; empty where there is none. */
  readonly construct: string;
  readonly message: string;
  /** 1-based; null where the fault has no place in the text (a limit met while running). */
  readonly line: number | null;
  readonly column: number | null;
}

const FAMILY: Readonly<Record<KqlErrorCode, ErrorCode>> = {
  syntax: 'usage',
  semantic: 'usage',
  unsupported: 'unsupported',
  limit: 'limit',
  runtime: 'bad-data',
};

/** A query that is wrong, not supported, too large, or failed on its data. */
export class KqlError extends TrailhoundError {
  readonly info: KqlErrorInfo;

  constructor(info: KqlErrorInfo, options: { cause?: unknown; hint?: string } = {}) {
    const place = info.line === null ? '' : ` (line ${info.line}, column ${info.column})`;
    super(FAMILY[info.code], info.message + place, options);
    this.name = 'KqlError';
    this.info = info;
  }
}

/** Line and column, both 1-based, of a position in a text. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/** The line of the query that an error points at, with a caret under the column; empty where it has no place. */
export function showWithCaret(text: string, info: KqlErrorInfo): string {
  if (info.line === null || info.column === null) return '';
  const line = (text.split('\n')[info.line - 1] ?? '').replaceAll('\t', ' ');
  const start = Math.max(0, info.column - 80);
  return `${line.slice(start, start + 160)}\n${' '.repeat(info.column - 1 - start)}^`;
}

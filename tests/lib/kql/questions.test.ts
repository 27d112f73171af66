import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KqlEngine, openKqlEngine } from '../../../lib/kql/index.ts';
import { OWN_QUESTIONS } from './own-questions.ts';
import { ask } from './support/ask.ts';

let engine: KqlEngine;
beforeAll(async () => {
  engine = await openKqlEngine();
});
afterAll(() => engine.close());

describe('queries', () => {
  it.each(OWN_QUESTIONS.map((question) => [question.name, question] as const))('%s', async (_name, question) => {
    const { columns, rows } = await ask(engine, question.kql);
    const lines = rows.map((row) => row.map((cell) => cell ?? '∅').join('|'));
    if (question.columns !== undefined) expect(columns.join(' ')).toBe(question.columns);
    if (question.ordered) expect(lines).toEqual(question.rows);
    else expect(lines.toSorted()).toEqual([...question.rows].sort());
  });
});

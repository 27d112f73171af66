import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openKqlEngine } from '../../../lib/kql/index.ts';
import { packageRoot } from '../../../lib/paths.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';
import { type Comparison, compareAnswer, readAnswers } from './support/oracle.ts';

const ANSWERS = 'oracle/kusto-answers.jsonl';
const KNOWN = join(packageRoot(), 'tests', 'lib', 'kql', 'known-differences.md');

describe('the recorded answers of the real engine', () => {
  itWithShared(
    ANSWERS,
    'are given, but for those that are listed with their reasons',
    async () => {
      const engine = await openKqlEngine();
      const compared: Comparison[] = [];
      for (const answer of readAnswers(sharedPath(ANSWERS))) compared.push(await compareAnswer(engine, answer));
      engine.close();
      const listed = readFileSync(KNOWN, 'utf8');
      const others = compared.filter(({ outcome }) => outcome !== 'same');
      expect(others.filter(({ id }) => !listed.includes(`\`${id}\``))).toEqual([]);
      expect(others.length).toBeLessThan(compared.length * 0.05);
    },
    240_000,
  );
});

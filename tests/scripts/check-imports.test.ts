import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../lib/paths.ts';
import { importFaults } from '../../scripts/check-imports.ts';

it('imports point one way, and orchestrators are deterministic', () => {
  expect(importFaults(packageRoot())).toEqual([]);
});

it('the check sees each kind of fault', () => {
  const root = mkdtempSync(join(tmpdir(), 'trailhound-imports-'));
  const files: Record<string, string> = {
    'lib/tables/a.ts': "import { x } from '../verbs/b.ts';\n",
    'lib/visuals/a.ts': "import {\n  x,\n} from '../analysis/b.ts';\n",
    'lib/errors.ts': "import { x } from './tables/a.ts';\n",
    'lib/index.ts': "export * from './verbs/b.ts';\n",
    'orchestrations/a.ts': "import { x } from '../lib/errors.ts';\nconst t = Date.now();\nconst r = Math.random();\n",
    'orchestrations/b.ts': "import type { x } from '../lib/errors.ts';\nconst t = new Date(5);\n",
    'orchestrations/entities/c.ts': 'const t = Date.now();\n',
    'functions/a.ts': "import { x } from '../cli/main.ts';\n",
  };
  for (const top of ['local', 'cli']) mkdirSync(join(root, top), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const faults = importFaults(root).map((fault) => fault.split(':', 2).join(':'));
  rmSync(root, { recursive: true });
  expect(faults.sort()).toEqual([
    'functions/a.ts:1',
    'lib/errors.ts:1',
    'lib/tables/a.ts:1',
    'lib/visuals/a.ts:1',
    'orchestrations/a.ts:1',
    'orchestrations/a.ts:2',
    'orchestrations/a.ts:3',
  ]);
});

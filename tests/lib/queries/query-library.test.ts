import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KqlEngine, type KqlTableSource, openKqlEngine } from '../../../lib/kql/index.ts';
import { referenceSchemas } from '../../../lib/kql/schemas.ts';
import { packageRoot } from '../../../lib/paths.ts';
import { loadLocalData } from '../../../lib/providers/local/index.ts';
import { boundQuery, listQueries } from '../../../lib/queries/index.ts';

const ADDRESSES = { addresses: ['203.0.113.77', 'x" or true //'] };

describe('stored queries', () => {
  let folder: string;
  let engine: KqlEngine;
  let tables: KqlTableSource[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailhound-queries-'));
    const data = await loadLocalData([join(packageRoot(), 'content/samples/contoso-day')], { cacheFolder: folder });
    tables = data.tables.map(({ name, schema, stored }) => ({ name, schema, parquet: stored }));
    engine = await openKqlEngine({ folders: [folder], schemas: [referenceSchemas()] });
  });
  afterAll(async () => {
    engine.close();
    await rm(folder, { recursive: true });
  });

  for (const { name, parameters } of listQueries()) {
    it(`${name} runs on the sample with its defaults`, async () => {
      const bound = boundQuery(name, Object.hasOwn(parameters, 'addresses') ? ADDRESSES : {});
      const result = await engine.run(bound.kql, {
        tables,
        parameters: bound.parameters as never,
        nowInMs: Date.UTC(2026, 2, 13),
      });
      expect(result.schema.length).toBeGreaterThan(1);
      expect(result.warnings).toEqual([]);
      if (!['failed-then-successful-logon', 'signins-from-new-places'].includes(name))
        expect(result.rowCount).toBeGreaterThan(0);
    });
  }

  it('name what is wrong with a name or a parameter', () => {
    expect(() => boundQuery('nothing', {})).toThrowError(/no query "nothing"/);
    expect(() => boundQuery('signins-of-user', { usr: 'x' })).toThrowError(/no parameter "usr"/);
    expect(() => boundQuery('traffic-to-address', {})).toThrowError(/needs a value for "addresses"/);
  });
});

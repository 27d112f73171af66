import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../lib/outcome.ts';
import { loadPlaybook, planPlaybook } from '../../lib/playbooks/index.ts';
import { LocalProvider, loadLocalData } from '../../lib/providers/local/index.ts';
import { memoryCache } from '../../lib/storage/lookup-cache.ts';
import { type ParquetTable, parquetSource, sourceOf, type Table, type TableSource } from '../../lib/tables/index.ts';
import { getVerb } from '../../lib/verbs/registry.ts';
import type { VerbServices } from '../../lib/verbs/services.ts';

/**
 * Runs the steps of host-triage whose verbs are named over local files, in this thread and without a host: the content
 * alone. Findings come with the highest score first, tables by their steps' names.
 */
export async function triage(
  path: string,
  verbs: readonly string[] = ['detect.sigma', 'score.rarity'],
): Promise<{ findings: Finding[]; tables: ReadonlyMap<string, TableSource> }> {
  const folder = await mkdtemp(join(tmpdir(), 'trailhound-triage-'));
  try {
    const data = await loadLocalData([path], { cacheFolder: join(folder, 'cache') });
    const provider = new LocalProvider(data, { resultFolder: join(folder, 'results') });
    const services: VerbServices = {
      provider: async () => provider,
      cache: memoryCache(() => 0),
      secret: async () => undefined,
      setting: () => undefined,
      fetch,
    };
    const { steps, waves } = planPlaybook(loadPlaybook('host-triage'), { provider: 'local' });
    const tables = new Map<string, TableSource>();
    const findings: Finding[] = [];
    for (const step of waves.flat().map((name) => steps[name]!)) {
      if (step.verb !== 'query.run' && !verbs.includes(step.verb)) continue;
      const inputs = step.from.flatMap((name) => tables.get(name) ?? []);
      if (step.from.length > 0 && inputs.length === 0) continue;
      const verb = getVerb(step.verb);
      const context = { signal: new AbortController().signal, nowInMs: 0, services };
      try {
        const output = await verb.run(inputs, verb.parameters.parse(step.parameters), context);
        findings.push(...(output.findings ?? []));
        if (output.table) tables.set(step.name, await inMemory(output.table, step.name));
      } catch (error) {
        if (!step.optional) throw error;
      }
    }
    return { findings: findings.sort((a, b) => b.score - a.score), tables };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The result's file goes with the folder: it is read while it is there. */
async function inMemory(table: Table | ParquetTable, name: string): Promise<TableSource> {
  return sourceOf('parts' in table ? await parquetSource(table, name).read() : table, name);
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { type LocalData, type LocalTable, loadLocalData } from '../../../../lib/providers/local/index.ts';
import { type Cell, isoFromTicks, parquetSource, toRows } from '../../../../lib/tables/index.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed after the file's tests. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trailhound-local-'));
  folders.push(folder);
  return folder;
}

/** Writes files under a new folder; gives its path. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** Loads files from a new folder with a new cache. */
export async function loadFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<LocalData> {
  return loadLocalData([await folderOf(files)], { cacheFolder: await temporaryFolder() });
}

export function jsonLines(rows: readonly unknown[]): string {
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}

export function tableOf(data: LocalData, name: string): LocalTable {
  const table = data.tables.find((candidate) => candidate.name === name);
  if (!table) throw new Error(`no table ${name} among ${data.tables.map((candidate) => candidate.name).join(', ')}`);
  return table;
}

/** A table's rows without their empty cells; datetimes as ISO text. */
export async function rowsOf(
  data: LocalData,
  name: string,
  columns?: readonly string[],
): Promise<Record<string, Cell>[]> {
  const table = tableOf(data, name);
  const read = await parquetSource(table.stored, name).read(columns);
  const datetimes = new Set(table.schema.filter(({ type }) => type === 'datetime').map((column) => column.name));
  return toRows(read).map((row) => {
    const filled = Object.entries(row).filter(([, value]) => value !== null);
    return Object.fromEntries(
      filled.map(([key, value]) => [key, datetimes.has(key) ? isoFromTicks(value as bigint) : value]),
    );
  });
}

/** Rows in tables that are not views, and bad lines: together all that was in the files. */
export function accounted(data: LocalData): { rowsIn: number; inTables: number; bad: number } {
  const inTables = data.tables.filter(({ view }) => !view).reduce((sum, { rowCount }) => sum + rowCount, 0);
  return { rowsIn: data.rowsIn, inTables, bad: data.badCount };
}

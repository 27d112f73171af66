import type { BadLine, ReaderLog } from '../../tables/formats/record-block.ts';

const KEPT_BAD_LINES = 100;
const KEPT_RENAMES = 50;

/** What happened to the lines of one file: a bounded list, true counts. */
export class LineLog implements ReaderLog {
  readonly badLines: BadLine[] = [];
  readonly alterations = new Map<string, number>();
  badCount = 0;
  #renames = 0;

  bad(line: number, reason: string): void {
    this.badCount++;
    if (this.badLines.length < KEPT_BAD_LINES) this.badLines.push({ line, reason });
  }

  altered(what: string, count = 1): void {
    this.alterations.set(what, (this.alterations.get(what) ?? 0) + count);
  }

  renamed(table: string, key: string, name: string): void {
    if (this.#renames++ < KEPT_RENAMES)
      this.altered(
        `table ${table}: key ${JSON.stringify(key.slice(0, 80))} is column ${JSON.stringify(name.slice(0, 80))}`,
      );
  }
}

/** What an event belongs to, for the ground truth. */
export interface Story {
  readonly id: string;
  readonly kind: 'attack' | 'decoy';
  readonly title: string;
  readonly techniques: readonly string[];
  /** Of decoys: why it is harmless. */
  readonly explanation?: string;
}

/** A row of the ground truth: a record of a file by its line (from 1) and number. */
export interface TruthRow {
  readonly story: string;
  readonly file: string;
  readonly line: number;
  readonly computer: string;
  readonly recordNumber: number;
}

type LogRecord = Record<string, unknown>;

interface Entry {
  readonly timeInMs: number;
  readonly order: number;
  readonly computer: string;
  /** Records are numbered within computer and log. */
  readonly log: string;
  readonly story: Story | null;
  readonly record: (recordNumber: number) => LogRecord;
}

/** Gathers the records of all files, then writes each file in order of time. */
export class Journal {
  readonly #files = new Map<string, Entry[]>();
  readonly #stories = new Map<string, Story>();
  #story: Story | null = null;
  #count = 0;

  /** Everything that is added during `tell` belongs to the story. */
  during<T>(story: Story, tell: () => T): T {
    this.#stories.set(story.id, story);
    return this.within(story.id, tell);
  }

  /** The same for a story that has been told: what is said of it afterwards, as an alert. */
  within<T>(storyId: string, tell: () => T): T {
    const story = this.#stories.get(storyId);
    if (!story) throw new Error(`there is no story ${storyId}`);
    const outer = this.#story;
    this.#story = story;
    const told = tell();
    this.#story = outer;
    return told;
  }

  add(
    file: string,
    log: string,
    computer: string,
    timeInMs: number,
    record: (recordNumber: number) => LogRecord,
  ): void {
    const entries = this.#files.get(file) ?? [];
    this.#files.set(file, entries);
    entries.push({ timeInMs, order: this.#count++, computer, log, story: this.#story, record });
  }

  /** The files as JSON lines, and which of their rows belong to which story. */
  finish(): { files: Map<string, string>; stories: Story[]; truth: TruthRow[] } {
    const files = new Map<string, string>();
    const truth: TruthRow[] = [];
    for (const [file, entries] of [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      entries.sort((a, b) => a.timeInMs - b.timeInMs || a.order - b.order);
      const numbers = new Map<string, number>();
      const lines = entries.map(({ computer, log, story, record }, index) => {
        const key = `${computer}\n${log}`;
        const recordNumber = numbers.get(key) ?? firstNumber(key);
        numbers.set(key, recordNumber + 1);
        if (story) truth.push({ story: story.id, file, line: index + 1, computer, recordNumber });
        return JSON.stringify(record(recordNumber));
      });
      files.set(file, `${lines.join('\n')}\n`);
    }
    return { files, stories: [...this.#stories.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), truth };
  }
}

/** Logs do not begin at record 1: some number that depends on the log alone. */
function firstNumber(key: string): number {
  let hash = 7;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) % 900_000;
  return 10_000 + hash;
}

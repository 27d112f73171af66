/** A part of `msticpyconfig.yaml` that knows what was read of it, so that what was not can be named. */
export class Part {
  readonly path: string;
  readonly name: string;
  readonly #value: unknown;
  readonly #notes: string[];
  readonly #children = new Map<string, Part>();
  #isRead = false;
  /** Somebody knows what this part is made of. */
  #isKnown = false;

  constructor(value: unknown, notes: string[], path = '', name = '') {
    this.#value = value;
    this.#notes = notes;
    this.path = path;
    this.name = name;
  }

  /** The part of that name; it may be absent, and is empty then. */
  at(name: string): Part {
    this.#isKnown = true;
    return this.#child(name);
  }

  #child(name: string): Part {
    const known = this.#children.get(name);
    if (known) return known;
    const held = isMapping(this.#value) && Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    const made = new Part(held, this.#notes, this.path ? `${this.path}.${name}` : name, name);
    this.#children.set(name, made);
    return made;
  }

  parts(): Part[] {
    this.#isKnown = true;
    return this.#parts();
  }

  #parts(): Part[] {
    return isMapping(this.#value) ? Object.keys(this.#value).map((name) => this.#child(name)) : [];
  }

  has(name: string): boolean {
    return isMapping(this.#value) && Object.hasOwn(this.#value, name);
  }

  /** The text or number here. Anything else is left for `unread` to name. */
  text(): string | undefined {
    const { trimmed } = this;
    if (trimmed !== undefined) this.#isRead = true;
    return trimmed || undefined;
  }

  /** The texts here: a list of them, or one. */
  texts(): string[] {
    const items = Array.isArray(this.#value) ? this.#value : [this.#value];
    const found = items.map((item) => asText(item)).filter((item) => item !== undefined && item !== '');
    if (found.length > 0) this.#isRead = true;
    return found as string[];
  }

  flag(): boolean | undefined {
    if (typeof this.#value !== 'boolean') return undefined;
    this.#isRead = true;
    return this.#value;
  }

  /** The text here if it has the form; else it is noted. */
  formed(form: RegExp, what: string): string | undefined {
    const text = this.text();
    if (text === undefined || form.test(text)) return text;
    this.note(`is no ${what}`);
    return undefined;
  }

  /** What stands here is of no use to us and no loss: it is not named. */
  pass(): void {
    this.#isRead = true;
  }

  /** Says of what stands here, if anything does, why it was not taken over as it was. */
  note(why: string): void {
    if (this.#value === undefined) return;
    this.#isRead = true;
    this.#notes.push(`${this.path}: ${why}`);
  }

  /** What nobody read, each by the highest name that means something. Parts without a value say nothing and are left out. */
  unread(): Part[] {
    if (this.#isRead || this.isBlank) return [];
    const parts = this.#parts();
    return this.#isKnown && parts.length > 0 ? parts.flatMap((part) => part.unread()) : [this];
  }

  get isBlank(): boolean {
    const value = this.#value;
    if (value === undefined || value === null || value === '') return true;
    if (Array.isArray(value)) return value.length === 0;
    return isMapping(value) && this.#parts().every((part) => part.isBlank);
  }

  private get trimmed(): string | undefined {
    return asText(this.#value);
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

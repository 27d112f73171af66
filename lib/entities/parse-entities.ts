import { completeProperties } from './complete-properties.ts';
import type { EntityKind } from './entity.ts';
import { KINDS, type KindDescription } from './kinds.ts';

/** One noun of an alert or incident. */
export interface Entity {
  readonly kind: EntityKind;
  /** The text by which a query finds it: a host's full name, an account's UPN, a file's path… */
  readonly id: string;
  /** Kind and id in one form: equal for the same thing. */
  readonly key: string;
  /** Under canonical names, as `upnSuffix`; lists are joined by a comma and a space. */
  readonly properties: Readonly<Record<string, string>>;
  /** Keys of the entities that this one names, as `host` or `parentProcess`. */
  readonly related: Readonly<Record<string, readonly string[]>>;
}

export interface ParsedEntities {
  /** Each once, in order of first mention; what differs only in what it says is merged. */
  readonly entities: readonly Entity[];
  /** Kinds that are not known, and how often. */
  readonly unknownKinds: Readonly<Record<string, number>>;
  /** Members that name nothing, and those beyond the limit. */
  readonly skipped: number;
}

const MAX_ENTITIES = 5_000;
const MAX_DEPTH = 8;
const MAX_TEXT = 8_192;
const MAX_ID = 4_096;
const MAX_UNKNOWN_KINDS = 50;

type Plain = Readonly<Record<string, unknown>>;

const kindByName = new Map<string, EntityKind>(
  Object.entries(KINDS).flatMap(([kind, { names }]) => names.map((name) => [name, kind as EntityKind] as const)),
);

/** The kind for a `Type` or `kind` of a payload, however it is written; undefined if it is none of ours. */
export function entityKindOf(name: string): EntityKind | undefined {
  return kindByName.get(squash(name).slice(0, 64));
}

/**
 * Entities from a payload: a list (or its JSON text) of V3 objects with `Type`, `$id` and `$ref`, or of ARM objects with
 * `kind`, `properties` and `…EntityId` references, or both mixed. Nothing in it makes this fail: what cannot be read is
 * counted, text is cut at 8,192 characters, references may turn in circles.
 *
 * @example parseEntities([{ Type: 'host', HostName: 'ws-17', DnsDomain: 'contoso.example' }]).entities[0].id // 'ws-17.contoso.example'
 */
export function parseEntities(value: unknown): ParsedEntities {
  return new Reader().readAll(listOf(value));
}

function listOf(value: unknown): readonly unknown[] {
  let list = value;
  if (typeof list === 'string') {
    try {
      list = JSON.parse(list);
    } catch {
      return [];
    }
  }
  return Array.isArray(list) ? list : isPlain(list) ? Object.values(list) : [];
}

interface Draft {
  readonly kind: EntityKind;
  readonly properties: Record<string, string>;
  readonly relations: Map<string, Draft[]>;
  order: number;
}

/** Reads one payload; keeps what it has met by object and by reference. */
class Reader {
  readonly #byReference = new Map<string, Plain>();
  readonly #drafts = new Map<Plain, Draft | null>();
  readonly #unknownKinds = new Map<string, number>();
  #skipped = 0;

  readAll(items: readonly unknown[]): ParsedEntities {
    for (const item of items.slice(0, MAX_ENTITIES)) this.#register(item, 0);
    this.#skipped += Math.max(0, items.length - MAX_ENTITIES);
    for (const item of items.slice(0, MAX_ENTITIES)) {
      if (!isPlain(item) || isReference(item) || this.#draftOf(item, 0) === null) {
        if (!isPlain(item) || !isReference(item)) this.#skipped++;
      }
    }
    return { entities: this.#finish(), unknownKinds: Object.fromEntries(this.#unknownKinds), skipped: this.#skipped };
  }

  /** Notes every object that others may refer to, by `$id` and by ARM id. */
  #register(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH || this.#byReference.size > MAX_ENTITIES * 4) return;
    if (Array.isArray(value)) {
      for (const item of value.slice(0, MAX_ENTITIES)) this.#register(item, depth + 1);
      return;
    }
    if (!isPlain(value)) return;
    for (const name of ['$id', 'id']) {
      const id = value[name];
      if (typeof id === 'string' && !isReference(value)) this.#byReference.set(`${name}:${id.toLowerCase()}`, value);
    }
    for (const member of Object.values(value)) this.#register(member, depth + 1);
  }

  #draftOf(value: unknown, depth: number): Draft | null {
    const object = this.#resolve(value);
    if (!object || depth > MAX_DEPTH) return null;
    const known = this.#drafts.get(object);
    if (known !== undefined) return known;
    const typeName =
      textOf(object['kind']) || textOf(object['Kind']) || textOf(object['Type']) || textOf(object['type']);
    const kind = entityKindOf(typeName) ?? entityKindOf(typeName.split('/').at(-1) ?? '');
    if (!kind || this.#drafts.size >= MAX_ENTITIES) {
      if (!kind && typeName !== '' && this.#unknownKinds.size < MAX_UNKNOWN_KINDS) {
        const name = typeName.slice(0, 64);
        this.#unknownKinds.set(name, (this.#unknownKinds.get(name) ?? 0) + 1);
      }
      this.#drafts.set(object, null);
      return null;
    }
    const draft: Draft = { kind, properties: Object.create(null), relations: new Map(), order: this.#drafts.size };
    // Set before its members are read: a circle of references meets it here.
    this.#drafts.set(object, draft);
    this.#fill(draft, object, depth);
    return draft;
  }

  #resolve(value: unknown): Plain | undefined {
    if (typeof value === 'string') return this.#byReference.get(`id:${value.toLowerCase()}`);
    if (!isPlain(value)) return undefined;
    const reference = value['$ref'];
    return typeof reference === 'string' ? this.#byReference.get(`$id:${reference.toLowerCase()}`) : value;
  }

  #fill(draft: Draft, object: Plain, depth: number): void {
    const description = KINDS[draft.kind];
    const holders = [object, object['properties'], object['Properties']].filter(isPlain);
    const additional = holders
      .flatMap((holder) => [holder['additionalData'], holder['AdditionalData']])
      .filter(isPlain);
    const names = aliasesOf(description);
    for (const holder of [...holders, ...additional]) {
      for (const [name, member] of Object.entries(holder)) {
        const known = names.get(squash(name));
        if (known === undefined || member === null || member === undefined) continue;
        if (known.isRelation) this.#relate(draft, known.name, member, depth);
        else if (!draft.properties[known.name]) {
          const text = flatText(member);
          if (text !== '') draft.properties[known.name] = text;
        }
      }
    }
  }

  #relate(draft: Draft, relation: string, member: unknown, depth: number): void {
    const members = Array.isArray(member) ? member.slice(0, MAX_ENTITIES) : [member];
    const related = draft.relations.get(relation) ?? [];
    for (const item of members) {
      const other = this.#draftOf(item, depth + 1);
      if (other && !related.includes(other)) related.push(other);
    }
    if (related.length > 0) draft.relations.set(relation, related);
  }

  #finish(): Entity[] {
    const drafts = [...this.#drafts.values()].filter((draft) => draft !== null).sort((a, b) => a.order - b.order);
    const keys = new Map<Draft, { id: string; key: string }>();
    for (const draft of drafts) {
      completeProperties(draft.kind, draft.properties, (relation) => draft.relations.get(relation)?.[0]?.properties);
    }
    for (const draft of drafts) {
      const id = identify(draft);
      if (id === undefined) this.#skipped++;
      else keys.set(draft, { id, key: keyOf(draft.kind, id, draft.properties) });
    }
    const merged = new Map<string, Entity>();
    for (const draft of drafts) {
      const found = keys.get(draft);
      if (!found) continue;
      const earlier = merged.get(found.key);
      const related: Record<string, readonly string[]> = { ...earlier?.related };
      for (const [relation, others] of draft.relations) {
        const named = others.flatMap((other) => keys.get(other)?.key ?? []);
        if (named.length > 0) related[relation] = [...new Set([...(related[relation] ?? []), ...named])];
      }
      merged.set(found.key, {
        kind: draft.kind,
        id: earlier?.id ?? found.id,
        key: found.key,
        properties: { ...draft.properties, ...earlier?.properties },
        related,
      });
    }
    return [...merged.values()];
  }
}

function identify({ kind, properties }: Draft): string | undefined {
  for (const name of KINDS[kind].identifiers) {
    const value = properties[name];
    if (value) return value.slice(0, MAX_ID);
  }
  return undefined;
}

/** Kind and id in one form: equal for the same thing. */
export function keyOf(kind: EntityKind, id: string, properties: Readonly<Record<string, string>> = {}): string {
  const { caseMatters, distinguishedBy = [] } = KINDS[kind];
  const details = distinguishedBy.flatMap((name) => properties[name] ?? []);
  const text = [id, ...details].join('|');
  return `${kind}:${caseMatters ? text : text.toLowerCase()}`;
}

const aliasCache = new Map<KindDescription, Map<string, { name: string; isRelation: boolean }>>();

function aliasesOf(description: KindDescription): Map<string, { name: string; isRelation: boolean }> {
  let names = aliasCache.get(description);
  if (!names) {
    names = new Map();
    for (const [isRelation, table] of [
      [false, description.properties],
      [true, description.relations ?? {}],
    ] as const) {
      for (const [name, aliases] of Object.entries(table)) {
        for (const alias of [name, ...aliases]) names.set(squash(alias), { name, isRelation });
      }
    }
    aliasCache.set(description, names);
  }
  return names;
}

function squash(name: string): string {
  return name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReference(value: Plain): boolean {
  return typeof value['$ref'] === 'string';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function flatText(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    return value
      .slice(0, 200)
      .map(textOf)
      .filter((text) => text !== '')
      .join(', ')
      .slice(0, MAX_TEXT);
  }
  return textOf(value).slice(0, MAX_TEXT);
}

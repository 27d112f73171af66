/**
 * Mutation of the KQL engine: takes one rule away, or puts another of its kind in its place, and sees whether the
 * project's own questions notice.
 *
 *   node scripts/mutate-kql.ts [--mutants 100] [--seed 1] [--operators]
 *
 * Prints each mutant that nobody noticed, and the share that was noticed; exit 1 below 95 %.
 */
import { parseArgs } from 'node:util';
import { aggregateFunctions, scalarFunctions, tuples, windows } from '../lib/kql/functions/table.ts';
import { type KqlEngine, openKqlEngine } from '../lib/kql/index.ts';
import { rules } from '../lib/kql/translate/rules.ts';
import { OWN_EXPRESSIONS } from '../tests/lib/kql/own-expressions.ts';
import { OWN_QUESTIONS } from '../tests/lib/kql/own-questions.ts';
import { ask, expressionValue } from '../tests/lib/kql/support/ask.ts';

interface Registry {
  readonly kind: string;
  readonly keys: readonly string[];
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  remove(key: string): void;
}

/** Rows of a function table: all names of a row are one. */
function ofMap(kind: string, map: ReadonlyMap<string, unknown>): Registry {
  const open = map as Map<string, unknown>;
  const names = new Map<unknown, string[]>();
  for (const [name, row] of map) names.set(row, [...(names.get(row) ?? []), name]);
  const namesOf = new Map([...names.values()].map((row) => [row[0]!, row]));
  return {
    kind,
    keys: [...namesOf.keys()],
    get: (key) => open.get(key),
    set: (key, value) => {
      for (const name of namesOf.get(key)!) open.set(name, value);
    },
    remove: (key) => {
      for (const name of namesOf.get(key)!) open.delete(name);
    },
  };
}

function ofObject(kind: string, object: object): Registry {
  const open = object as Record<string, unknown>;
  return {
    kind,
    keys: Object.keys(open),
    get: (key) => open[key],
    set: (key, value) => {
      open[key] = value;
    },
    remove: (key) => {
      delete open[key];
    },
  };
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Check {
  readonly text: string;
  readonly passes: (engine: KqlEngine) => Promise<boolean>;
}

const checks: readonly Check[] = [
  ...OWN_QUESTIONS.map(
    (question): Check => ({
      text: question.kql,
      passes: async (engine) => {
        const { columns, rows } = await ask(engine, question.kql);
        const lines = rows.map((row) => row.map((cell) => cell ?? '∅').join('|'));
        const [got, wanted] = question.ordered
          ? [lines, [...question.rows]]
          : [lines.toSorted(), [...question.rows].sort()];
        return (
          got.join('\n') === wanted.join('\n') &&
          (question.columns === undefined || columns.join(' ') === question.columns)
        );
      },
    }),
  ),
  ...OWN_EXPRESSIONS.map(
    ([expression, expected]): Check => ({
      text: expression,
      passes: async (engine) => (await expressionValue(engine, expression)) === expected,
    }),
  ),
];

/** Runs the checks, those first that name the rule; true as soon as one fails. */
async function isNoticed(engine: KqlEngine, word: string): Promise<boolean> {
  const named = (check: Check) => (check.text.toLowerCase().includes(word) ? 0 : 1);
  for (const check of checks.toSorted((a, b) => named(a) - named(b))) {
    try {
      if (!(await check.passes(engine))) return true;
    } catch {
      return true;
    }
  }
  return false;
}

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    operators: { type: 'boolean', default: false },
  },
});
const registries = [
  ofObject('operator', rules.operators),
  ofObject('source', rules.sources),
  ofObject('expression', rules.expressions),
  ...(values.operators
    ? []
    : [
        ofMap('function', scalarFunctions),
        ofMap('aggregate', aggregateFunctions),
        ofMap('window', windows),
        ofMap('tuple', tuples),
      ]),
];
// Refused by a row of their own: taken away, they are refused all the same.
const REFUSED = new Set(['hash', 'rand', 'new_guid', 'estimate_data_size']);
const places = registries.flatMap((registry) =>
  registry.keys.filter((key) => !REFUSED.has(key)).map((key) => ({ registry, key })),
);
const random = randomFrom(Number(values.seed));
let noticed = 0;
const count = Number(values.mutants);
for (let mutant = 0; mutant < count; mutant++) {
  const { registry, key } = places[Math.floor(random() * places.length)]!;
  const before = registry.get(key);
  const other = registry.keys[Math.floor(random() * registry.keys.length)]!;
  const swaps = random() < 0.5 && registry.get(other) !== before;
  if (swaps) registry.set(key, registry.get(other));
  else registry.remove(key);
  // An engine of its own: engines keep the translations of queries.
  const engine = await openKqlEngine();
  const word = key.replace(/(Operator|Expression)$/, '').toLowerCase();
  if (await isNoticed(engine, word)) noticed++;
  else console.log(`unnoticed: ${registry.kind} ${key} ${swaps ? `replaced by ${other}` : 'removed'}`);
  registry.set(key, before);
  engine.close();
}
console.log(`${noticed} of ${count} mutants noticed (${((100 * noticed) / count).toFixed(1)} %)`);
process.exit(noticed >= count * 0.95 ? 0 : 1);
